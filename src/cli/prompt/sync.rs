//! `aftercall prompt sync`: a whole library at once, with a report of what became of every file.

use std::path::Path;
use std::process::ExitCode;

use super::{Desk, Stored, all_wanted, missing_lines, parse_language, seconds};
use crate::actors::prompt_folder::{
    FoundFile, PromptPlace, audio_files, fingerprint, match_path, read_within,
};
use crate::audio::convert_prompt;
use crate::cli::args_prompt::PromptSyncArgs;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::say;
use crate::cli::table::{print, table};
use crate::domain::prompt_library::{Match, Shelves};

/// Stores what surveys say; reports everything.
pub(super) fn run(desk: &Desk<'_>, args: &PromptSyncArgs) -> Outcome {
    let folder = args.folder.as_path();
    let looked = audio_files(folder);
    let files =
        looked.map_err(|error| Failure::because(format!("cannot look into {}", folder.display()), &error))?;
    let wanted = all_wanted(&desk.surveys()?);
    // `.` and `..` have no name of their own; the folder's may be a language.
    let named = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let paths: Vec<String> = files.iter().map(|file| match_path(&named, file)).collect();
    let language = args.language.as_deref().map(parse_language).transpose()?;
    let sorted = Shelves::new(&wanted).sort(&paths, language.as_deref());
    let mut out = table(&["file", "language", "prompt", "surveys", "result"]);
    let (mut refused, mut unused) = (0, Vec::new());
    let prompts = desk.prompts()?;
    for (file, found) in files.iter().zip(sorted) {
        let (name, language, surveys) = match found {
            Match::Prompt { name, language, surveys } => (name, language, surveys),
            Match::Unused(why) => {
                unused.push(format!("  {}: {why}", file.path));
                continue;
            }
        };
        let place = PromptPlace { name: name.clone(), language: language.clone(), source: file.path.clone() };
        let there = prompts.get(&(name.clone(), language.clone())).map(|row| row.source_sha256);
        let result = one(desk, file, place, there, args.dry_run)?;
        refused += usize::from(result.is_err());
        let result = result.unwrap_or_else(|why| format!("REFUSED: {why}"));
        out.add_row([file.path.clone(), language, name.to_string(), surveys.join(", "), result]);
    }
    report(folder, files.len(), &out, &unused);
    let missing = missing_lines(&wanted, &desk.prompts()?);
    if !missing.is_empty() {
        let now = if args.dry_run { " as long as nothing is stored" } else { "" };
        say!("\nmissing{now}:\n{}", missing.join("\n"));
    }
    if refused > 0 {
        let files = if refused == 1 { "1 file was" } else { &format!("{refused} files were") };
        return Err(Failure::new(format!("{files} refused; the table says why")));
    }
    Ok(ExitCode::SUCCESS)
}

fn report(folder: &Path, count: usize, out: &comfy_table::Table, unused: &[String]) {
    if count == 0 {
        say!("there is no audio file below {}", folder.display());
    } else if out.row_count() > 0 {
        print(out);
    } else {
        say!("none of the {count} audio files below {} is a prompt that a survey says", folder.display());
    }
    if !unused.is_empty() {
        say!("\nnot stored, because no survey uses it:\n{}", unused.join("\n"));
    }
}

/// What became of a file that is a prompt, or why it was refused. `there` is the fingerprint of the file that the stored
/// prompt was made of.
fn one(
    desk: &Desk<'_>,
    file: &FoundFile,
    place: PromptPlace,
    there: Option<[u8; 32]>,
    dry_run: bool,
) -> Result<Result<String, String>, Failure> {
    let bytes = match read_within(&file.full, desk.limits) {
        Ok(bytes) => bytes,
        Err(why) => return Ok(Err(why)),
    };
    if there == Some(fingerprint(&bytes)) {
        return Ok(Ok("unchanged".to_owned()));
    }
    let done = if there.is_some() { "replaced" } else { "stored" };
    if dry_run {
        let converted = convert_prompt(&bytes, desk.limits);
        let told = |lasts| format!("would be {done}, {}", seconds(lasts));
        return Ok(converted.map(|made| told(made.duration)).map_err(|error| error.to_string()));
    }
    let stored = desk.store(&bytes, place)?;
    Ok(stored.map(|Stored { duration, .. }| format!("{done}, {}", seconds(duration))))
}
