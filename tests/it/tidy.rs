//! Rules of the house that no compiler knows.

use std::path::Path;

use super::files::{SourceFile, below, top};

/// A longer file does more than one thing.
const LINES_MAX: usize = 500;

/// Fields that would put a person's number or words into a log.
const PERSONAL: [&str; 8] = ["phone", "msisdn", "ani", "customer", "text", "password", "secret", "caller"];

const LOG_MACROS: [&str; 6] = ["trace!(", "debug!(", "info!(", "warn!(", "error!(", "event!("];

/// The list of every key is made by the program, and read as one.
const LISTED: &str = "conf/aftercall.toml";

fn too_long(file: &SourceFile) -> Option<String> {
    if file.path == LISTED {
        return None;
    }
    let lines = file.text.lines().count();
    (lines > LINES_MAX).then(|| format!("{}: {lines} lines, at most {LINES_MAX}: split it", file.path))
}

fn without_heading(file: &SourceFile) -> Option<String> {
    let rust = Path::new(&file.path).extension().is_some_and(|ending| ending == "rs");
    let headed = !rust || file.text.starts_with("//! ");
    (!headed).then(|| format!("{}: does not open with //! and what it is for", file.path))
}

/// Paths of the machine it was written on, and notes to oneself. Put together here so as not to find themselves.
fn forbidden(file: &SourceFile) -> Vec<String> {
    let words = [["/ho", "me/"], ["/ro", "ot/"], ["/Us", "ers/"], ["TO", "DO"], ["FIX", "ME"], ["X", "XX"]];
    let found = words.iter().map(|parts| parts.concat()).filter(|word| file.text.contains(word));
    found.map(|word| format!("{}: holds `{word}`", file.path)).collect()
}

/// The arguments of each log macro: from its name to the bracket that closes it.
fn log_calls(text: &str) -> Vec<(usize, &str)> {
    let mut calls = Vec::new();
    for name in LOG_MACROS {
        for (start, _) in text.match_indices(name) {
            let arguments = &text[start + name.len()..];
            let (mut depth, mut quoted, mut escaped) = (1, false, false);
            let end = arguments.find(|c| {
                match c {
                    _ if escaped => escaped = false,
                    '\\' if quoted => escaped = true,
                    '"' => quoted = !quoted,
                    '(' if !quoted => depth += 1,
                    ')' if !quoted => depth -= 1,
                    _ => {}
                }
                depth == 0
            });
            calls.push((text[..start].lines().count(), &arguments[..end.unwrap_or(arguments.len())]));
        }
    }
    calls
}

/// Names used in a log call, outside its texts or inside them as `{name}`.
fn names(arguments: &str) -> Vec<String> {
    let mut names = Vec::new();
    let (mut quoted, mut captured, mut word) = (false, false, String::new());
    let arguments = arguments.replace("\\\"", "'");
    for c in arguments.chars().chain([' ']) {
        if (c.is_alphanumeric() || c == '_') && (!quoted || captured) {
            word.push(c);
            continue;
        }
        if !word.is_empty() {
            names.push(std::mem::take(&mut word));
        }
        match c {
            '"' => (quoted, captured) = (!quoted, false),
            '{' => captured = quoted,
            _ => captured = false,
        }
    }
    names
}

fn personal_logs(file: &SourceFile) -> Vec<String> {
    let mut wrong = Vec::new();
    for (line, arguments) in log_calls(&file.text) {
        for name in names(arguments).into_iter().filter(|name| PERSONAL.contains(&name.as_str())) {
            wrong.push(format!("{}:{line}: logs `{name}`: no log line holds a person's data", file.path));
        }
    }
    wrong
}

/// Once there is a second dialect, each statement and migration stands in both.
fn one_dialect_only(paths: &[String]) -> Vec<String> {
    let twins = [(".sqlite.sql", ".mssql.sql"), ("migrations/sqlite/", "migrations/mssql/")];
    let mut wrong = Vec::new();
    for (one, other) in twins {
        let both = paths.iter().any(|p| p.contains(one)) && paths.iter().any(|p| p.contains(other));
        for path in paths.iter().filter(|_| both) {
            let twin = if path.contains(one) { path.replace(one, other) } else { path.replace(other, one) };
            if !paths.contains(&twin) {
                wrong.push(format!("{path}: has no twin {twin}"));
            }
        }
    }
    wrong
}

fn own_files() -> Vec<SourceFile> {
    let mut files = below("src", &[".rs", ".sql"]);
    for folder in ["tests", "benches", "static", "migrations", "conf"] {
        files.extend(below(folder, &[".rs", ".js", ".css", ".sql", ".toml", ".py"]));
    }
    files.retain(|file| !file.path.contains("/vendor/") && !file.path.contains("/node_modules/"));
    files
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_file_is_longer_than_five_hundred_lines() {
    none(&own_files().iter().filter_map(too_long).collect::<Vec<_>>());
    assert!(too_long(&SourceFile::new("src/x.rs", &"\n".repeat(LINES_MAX + 1))).is_some());
    assert!(too_long(&SourceFile::new("src/x.rs", &"\n".repeat(LINES_MAX))).is_none());
}

#[test]
fn every_module_says_what_it_is_for() {
    none(&own_files().iter().filter_map(without_heading).collect::<Vec<_>>());
    assert!(without_heading(&SourceFile::new("src/x.rs", "use std::fmt;")).is_some());
}

#[test]
fn no_file_names_the_machine_it_was_written_on_or_leaves_notes() {
    let mut files = own_files();
    for name in ["README.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "CHANGELOG.md", "Cargo.toml", "deny.toml"]
    {
        let text = std::fs::read_to_string(top().join(name)).unwrap_or_default();
        files.push(SourceFile { path: name.to_owned(), text });
    }
    none(&files.iter().flat_map(forbidden).collect::<Vec<_>>());
    assert_eq!(forbidden(&SourceFile::new("src/x.rs", &["// TO", "DO later"].concat())).len(), 1);
}

#[test]
fn no_log_line_holds_a_persons_data() {
    none(&below("src", &[".rs"]).iter().flat_map(personal_logs).collect::<Vec<_>>());
    for planted in [
        "warn!(phone = %to, \"not sent\");",
        "info!(?facts.customer, \"offered\");",
        "error!(\n    id = %id,\n    \"bad answer (of {text})\"\n);",
        "debug!(\"got \\\" {}\", password);",
    ] {
        assert_eq!(personal_logs(&SourceFile::new("src/x.rs", planted)).len(), 1, "{planted}");
    }
    let fine = "info!(response = %id, \"a customer hung up {id}\"); let text = 1;";
    none(&personal_logs(&SourceFile::new("src/x.rs", fine)));
}

#[test]
fn each_statement_stands_in_both_dialects_once_there_are_two() {
    none(&one_dialect_only(&own_files().into_iter().map(|file| file.path).collect::<Vec<_>>()));
    let paths = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    none(&one_dialect_only(&paths(&["a.sqlite.sql", "b.sqlite.sql", "migrations/sqlite/V1.sql"])));
    let wrong = one_dialect_only(&paths(&["a.sqlite.sql", "a.mssql.sql", "b.sqlite.sql"]));
    assert_eq!(wrong, ["b.sqlite.sql: has no twin b.mssql.sql"]);
}

#[test]
fn the_published_schema_of_survey_documents_is_the_programs_own() {
    let published: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string("docs/survey.schema.json").unwrap()).unwrap();
    let own = aftercall::domain::survey::json_schema();
    assert!(published == own, "run `aftercall survey schema > docs/survey.schema.json`");
}

#[test]
fn the_worked_example_of_a_survey_document_is_valid() {
    let page = std::fs::read_to_string("docs/survey-document.md").unwrap();
    let example = page.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    aftercall::domain::survey::SurveyGraph::from_json(example).unwrap();
}
