//! `aftercall prompt list`: what surveys say, what is there, what is missing.

use std::process::ExitCode;

use super::{Desk, seconds, serving};
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::say;
use crate::cli::table::{print, table, to_the_right};
use crate::domain::prompt::language_key;
use crate::domain::prompt_library::Wanted;
use crate::storage::PromptRow;

/// Most characters of a text in the table.
const TEXT_MAX: usize = 60;

/// Shows one survey, or all and then the prompts that none says.
pub(super) fn run(desk: &Desk<'_>, survey: Option<&str>) -> Outcome {
    let mut surveys = desk.surveys()?;
    if let Some(key) = survey {
        surveys.retain(|survey| survey.key == key);
        if surveys.is_empty() {
            return Err(Failure::new(format!("there is no survey {key}; `aftercall survey list` shows all")));
        }
    }
    let prompts = desk.prompts()?;
    let mut out = table(&["survey", "language", "prompt", "state", "lasts", "from", "text"]);
    to_the_right(&mut out, [4]);
    let mut wanted: Vec<Wanted> = surveys.iter().flat_map(super::SaidBySurvey::wanted).collect();
    wanted.sort_by(|a, b| (&a.survey, &a.language).cmp(&(&b.survey, &b.language)));
    let mut missing = 0;
    for want in &wanted {
        let row = serving(&prompts, &want.name, &want.language);
        missing += usize::from(row.is_none() && want.required);
        out.add_row([
            want.survey.clone(),
            want.language.clone(),
            want.name.to_string(),
            state(row, want),
            row.map_or_else(|| "-".to_owned(), |row| seconds(row.duration)),
            row.map_or_else(|| "-".to_owned(), |row| row.source.clone()),
            shortened(&want.text),
        ]);
    }
    if survey.is_none() {
        let mut unused: Vec<&PromptRow> =
            prompts.values().filter(|row| !wanted.iter().any(|want| says(want, row))).collect();
        unused.sort_by(|a, b| (&a.language, a.name.as_str()).cmp(&(&b.language, b.name.as_str())));
        for row in unused {
            out.add_row([
                "-".to_owned(),
                row.language.clone(),
                row.name.to_string(),
                "unused".to_owned(),
                seconds(row.duration),
                row.source.clone(),
                String::new(),
            ]);
        }
    }
    print(&out);
    if missing > 0 {
        let prompts = if missing == 1 { "prompt is" } else { "prompts are" };
        say!(
            "{missing} {prompts} missing: record them and `aftercall prompt add`, or `aftercall prompt synthesize SURVEY`"
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn state(row: Option<&PromptRow>, want: &Wanted) -> String {
    match row {
        Some(row) if row.language == language_key(&want.language) => "there".to_owned(),
        Some(row) => format!("there ({})", row.language),
        None if want.required => "MISSING".to_owned(),
        None => "by the IVR's voice".to_owned(),
    }
}

/// Whether a prompt serves what is wanted.
fn says(want: &Wanted, row: &PromptRow) -> bool {
    want.name == row.name
        && (want.language == row.language || want.language.starts_with(&format!("{}-", row.language)))
}

fn shortened(text: &str) -> String {
    let short: String = text.chars().take(TEXT_MAX).collect();
    let more = if short.len() < text.len() { "…" } else { "" };
    format!("{}{more}", short.replace(['\n', '\r', '\t'], " "))
}
