//! Who may use whom in `src/`, and what must not be found where.

use super::files::{SourceFile, below};

/// Each module and what it may use besides itself. `cli` wires and may use everything; nothing may use `cli`.
const EDGES: [(&str, &[&str]); 13] = [
    ("foundation", &[]),
    ("domain", &["foundation"]),
    ("audio", &["foundation"]),
    ("storage", &["domain", "foundation"]),
    ("audit", &["storage", "domain", "foundation"]),
    ("links", &["storage", "foundation"]),
    ("reports", &["storage", "domain", "foundation"]),
    ("outbound", &["domain", "foundation"]),
    ("supervise", &["foundation"]),
    ("config", &["foundation"]),
    ("telemetry", &["config", "foundation"]),
    (
        "actors",
        &[
            "supervise",
            "links",
            "reports",
            "outbound",
            "storage",
            "audio",
            "telemetry",
            "domain",
            "foundation",
        ],
    ),
    (
        "http",
        &[
            "actors",
            "supervise",
            "reports",
            "outbound",
            "audit",
            "links",
            "storage",
            "audio",
            "telemetry",
            "config",
            "domain",
            "foundation",
        ],
    ),
];

/// Words that must not stand in a module's code, and why.
const ABSENT: [(&str, &[&str], &str); 6] = [
    ("domain", &["std::fs", "std::net", "std::env", "tokio", "actix", "rusqlite"], "the domain does no I/O"),
    ("domain", &["::now()", "async fn", ".await"], "the domain reads no clock and waits for nothing"),
    ("supervise", &["rusqlite", "actix_web", "reqwest"], "supervision knows nothing of what it supervises"),
    ("actors", &["storage::sqlite", "storage::mssql", "rusqlite"], "actors use storage by its traits"),
    ("http", &["storage::sqlite", "storage::mssql", "rusqlite"], "handlers use storage by its traits"),
    ("cli", &["rusqlite"], "commands use storage by its traits and its engines' own functions"),
];

/// How statements begin; they stand in `src/storage/sql/` only.
const STATEMENTS: [&str; 5] = ["\"SELECT ", "\"INSERT INTO ", "\"UPDATE ", "\"DELETE FROM ", "\"MERGE "];

fn module_of(path: &str) -> Option<&str> {
    let first = path.strip_prefix("src/")?.split('/').next()?;
    Some(first.strip_suffix(".rs").unwrap_or(first))
}

/// The modules a line of code names as `crate::…`, also inside braces.
fn named(line: &str) -> Vec<String> {
    let mut modules = Vec::new();
    for rest in line.split("crate::").skip(1) {
        let group = rest.strip_prefix('{');
        let mut depth = 0;
        let mut word = String::new();
        for c in group.unwrap_or(rest).chars().chain([';']) {
            match c {
                c if c.is_alphanumeric() || c == '_' => word.push(c),
                _ => {
                    if depth == 0 && !word.is_empty() {
                        modules.push(std::mem::take(&mut word));
                        if group.is_none() {
                            break;
                        }
                        // What follows `a::` belongs to `a`, up to the comma.
                        depth = 100;
                    }
                    word.clear();
                    match c {
                        '{' => depth += 1,
                        ',' if depth == 100 => depth = 0,
                        '}' if depth > 100 => depth -= 1,
                        '}' | ';' => break,
                        _ => {}
                    }
                }
            }
        }
    }
    modules
}

/// A file's code without comments; lines keep their numbers. Imports over several lines come as one.
fn code(text: &str) -> Vec<(usize, String)> {
    let mut lines: Vec<(usize, String)> = Vec::new();
    let mut open = false;
    for (number, line) in text.lines().enumerate() {
        let line = if line.trim_start().starts_with("//") { "" } else { line };
        match lines.last_mut() {
            Some((_, whole)) if open => {
                whole.push(' ');
                whole.push_str(line.trim());
            }
            _ => lines.push((number + 1, line.to_owned())),
        }
        let starts_import =
            line.trim_start().starts_with("use ") || line.trim_start().starts_with("pub use ");
        open = (open || starts_import) && !line.contains(';');
    }
    lines
}

fn check(files: &[SourceFile]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        let Some(module) = module_of(&file.path) else { continue };
        let edges = EDGES.iter().find(|(name, _)| *name == module);
        if edges.is_none() && !["cli", "main", "lib"].contains(&module) {
            wrong.push(format!("{}: the module {module} is not in the table of edges", file.path));
        }
        for (number, line) in code(&file.text) {
            let place = format!("{}:{number}", file.path);
            for target in named(&line) {
                let known = target == "cli" || EDGES.iter().any(|(name, _)| *name == target);
                let allowed = edges.is_none_or(|(_, uses)| uses.contains(&target.as_str()));
                if known && target != module && !allowed {
                    wrong.push(format!("{place}: {module} must not use {target}"));
                }
            }
            for (_, words, why) in ABSENT.iter().filter(|(name, ..)| *name == module) {
                for word in words.iter().filter(|word| line.contains(**word)) {
                    wrong.push(format!("{place}: `{word}`: {why}"));
                }
            }
            if module != "storage" && STATEMENTS.iter().any(|statement| line.contains(statement)) {
                wrong.push(format!("{place}: SQL stands in src/storage/sql only"));
            }
        }
    }
    wrong
}

#[test]
fn every_module_uses_only_what_it_may() {
    let files = below("src", &[".rs"]);
    assert!(files.len() > 20, "only {} files were looked at", files.len());
    let wrong = check(&files);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_check_of_edges_catches_planted_violations() {
    let planted = [
        ("src/domain/x.rs", "use crate::storage::Storage;"),
        ("src/domain/x.rs", "fn f() { crate::http::g(); }"),
        ("src/foundation/x.rs", "use crate::{domain::contact, foundation::Clock};"),
        ("src/foundation/x.rs", "use crate::{foundation::{Clock, Chance}, domain};"),
        ("src/foundation/x.rs", "use crate::{\n    domain::contact,\n};"),
        ("src/http/ivr/x.rs", "use crate::cli::Failure;"),
        ("src/domain/x.rs", "let now = Utc::now();"),
        ("src/actors/x.rs", "use crate::storage::sqlite::SqliteStorage;"),
        ("src/http/x.rs", "let q = \"SELECT 1\";"),
        ("src/news.rs", "fn f() {}"),
    ];
    for (path, text) in planted {
        assert_eq!(check(&[SourceFile::new(path, text)]).len(), 1, "{path}: {text}");
    }
    let fine = [
        ("src/domain/x.rs", "use crate::foundation::{Clock, storage};"),
        ("src/domain/x.rs", "use crate::{foundation::Clock, domain::{offer, http}};"),
        ("src/domain/x.rs", "/// Kept by [`crate::storage`].\nuse crate::domain::offer;"),
        ("src/cli/x.rs", "use crate::http::Server;"),
    ];
    for (path, text) in fine {
        assert_eq!(check(&[SourceFile::new(path, text)]), [""; 0], "{path}: {text}");
    }
}
