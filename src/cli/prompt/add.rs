//! `aftercall prompt add`: files one by one, named by hand.

use std::path::Path;
use std::process::ExitCode;

use super::{Desk, all_wanted, parse_language, parse_name, seconds};
use crate::actors::prompt_folder::{PromptPlace, read_within};
use crate::cli::args_prompt::PromptAddArgs;
use crate::cli::failure::{Failure, Outcome};
use crate::cli::output::say;
use crate::domain::prompt::PromptName;
use crate::domain::prompt_library::{Shelves, Wanted};

/// Stores each file; all are tried, and what was refused is told at the end.
pub(super) fn run(desk: &Desk<'_>, args: &PromptAddArgs) -> Outcome {
    if args.name.is_some() && args.files.len() > 1 {
        return Err(Failure::usage(
            "--name is for one file: give the files one by one, or name them after prompts",
        ));
    }
    let language = args.language.as_deref().map(parse_language).transpose()?;
    let wanted = all_wanted(&desk.surveys()?);
    let shelves = Shelves::new(&wanted);
    let mut refused = Vec::new();
    for file in &args.files {
        let stored = place(file, args.name.as_deref(), language.as_deref(), &shelves).and_then(|place| {
            let bytes = read_within(file, desk.limits)?;
            store(desk, file, &bytes, place, &wanted)
        });
        refused.extend(stored.err().map(|why| format!("{} {why}", file.display())));
    }
    if refused.is_empty() { Ok(ExitCode::SUCCESS) } else { Err(Failure::new(refused.join("\naftercall: "))) }
}

fn place(
    file: &Path,
    name: Option<&str>,
    language: Option<&str>,
    shelves: &Shelves,
) -> Result<PromptPlace, String> {
    let text = |part: Option<&std::ffi::OsStr>| part.map(|part| part.to_string_lossy().into_owned());
    let name = if let Some(name) = name {
        parse_name(name).map_err(|failure| failure.to_string())?
    } else {
        let stem = text(file.file_stem()).unwrap_or_default().to_lowercase();
        PromptName::parse(&stem)
            .map_err(|error| format!("cannot be named after its file, whose name {error}; or give --name"))?
    };
    let folder = || {
        let whole = std::path::absolute(file).ok()?;
        shelves.language_of(&text(whole.parent()?.file_name())?)
    };
    let language = match language {
        Some(language) => language.to_owned(),
        None => folder().ok_or("is in no folder of a language that a survey speaks: give --language")?,
    };
    Ok(PromptPlace { name, language, source: text(file.file_name()).unwrap_or_default() })
}

fn store(
    desk: &Desk<'_>,
    file: &Path,
    bytes: &[u8],
    place: PromptPlace,
    wanted: &[Wanted],
) -> Result<(), String> {
    let (name, language) = (place.name.clone(), place.language.clone());
    let stored = desk.store(bytes, place).map_err(|failure| failure.to_string())??;
    let done = if stored.unchanged { "is there already" } else { "stored" };
    say!(
        "{name} in {language} {done}: {} from {} ({})",
        seconds(stored.duration),
        file.display(),
        stored.format
    );
    if !wanted.iter().any(|want| want.name == name) {
        say!("note: no survey says {name}; `aftercall prompt list` shows the names they say");
    }
    Ok(())
}
