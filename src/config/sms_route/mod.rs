//! The file of a route of text messages: what every route has, and the table of what it speaks.

mod answer;
mod callback;
mod http;
mod preset;
mod secret;
mod section;
mod sender;
mod smpp;

#[cfg(test)]
mod tests;

use std::path::Path;
use std::time::Duration;

use toml::de::DeTable;

use self::section::{Placed, Problems, Section, Source};
use crate::foundation::{ConfiguredRoute, OnUnknown, RouteGateway, Secret, SmsRoute};

/// Characters of a route's name at most: it is a key of the database.
const NAME_LONGEST: usize = 40;

const PREFIX_RULE: &str = "`+` and up to 15 digits";

/// How gateways reach this server, and by what our addresses are signed.
#[derive(Debug, Clone)]
pub(super) struct CallbackBase {
    pub(super) url: String,
    pub(super) secret: Secret<String>,
}

/// What the table of a route may need of the rest.
struct Common<'a> {
    route: &'a SmsRoute,
    file: &'a str,
    callback: Option<&'a CallbackBase>,
}

/// The routes of a folder's files, the one with the lowest order first, and all that is wrong with them.
pub(super) fn read_folder(
    folder: &Path,
    callback: Option<&CallbackBase>,
) -> (Vec<ConfiguredRoute>, Vec<String>) {
    let problems = Problems::default();
    let say = |problem: String| problems.borrow_mut().push(problem);
    let cannot =
        |error: std::io::Error| format!("sms.routes_folder: cannot read {}: {error}", folder.display());
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return (Vec::new(), vec![cannot(error)]),
    };
    let mut files = Vec::new();
    for entry in entries {
        match entry {
            Ok(entry) => files.push(entry.path()),
            Err(error) => say(cannot(error)),
        }
    }
    files.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    if files.is_empty() {
        say(format!("sms.routes_folder: {} has no *.toml file: one for each route", folder.display()));
    }
    let mut routes: Vec<ConfiguredRoute> =
        files.iter().filter_map(|path| read_file(path, callback, &problems)).collect();
    routes.sort_by(|a, b| (a.route.order, &a.route.name).cmp(&(b.route.order, &b.route.name)));
    (routes, problems.into_inner())
}

fn read_file(path: &Path, callback: Option<&CallbackBase>, problems: &Problems) -> Option<ConfiguredRoute> {
    let file = path.display().to_string();
    let say = |problem: String| problems.borrow_mut().push(problem);
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    let is_name = !name.is_empty()
        && name.len() <= NAME_LONGEST
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !is_name {
        say(format!(
            "{file}: the file's name is the route's: must be 1 to {NAME_LONGEST} small letters, digits and hyphens, then .toml"
        ));
    }
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            say(format!("cannot read {file}: {error}"));
            return None;
        }
    };
    read_text(name, &file, &text, callback, problems)
}

/// The route that a text describes; all that is wrong is added to `problems`, and then it is not to be used.
fn read_text(
    name: &str,
    file: &str,
    text: &str,
    callback: Option<&CallbackBase>,
    problems: &Problems,
) -> Option<ConfiguredRoute> {
    let source = Source { name: file.to_owned(), text };
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors {
        let place = source.at(error.span().map_or(0, |span| span.start));
        problems.borrow_mut().push(format!("{place}: not TOML: {}", error.message()));
    }
    let root = Section::of_file(&source, table.get_ref(), problems);
    let route = common(&root, name);
    let common = Common { route: &route, file, callback };
    let gateway = gateway(&root, &common);
    root.finish();
    Some(ConfiguredRoute { route, gateway: gateway? })
}

fn gateway(root: &Section<'_>, common: &Common<'_>) -> Option<RouteGateway> {
    match (root.says("http"), root.says("smpp")) {
        (true, false) => {}
        (false, true) => {
            let section = root.table("smpp");
            let read = smpp::read(&section, common);
            section.finish();
            return read.map(|gateway| RouteGateway::Smpp(Box::new(gateway)));
        }
        (true, true) => {
            root.problem(format!(
                "{}: has [http] and [smpp]: a route is one way to one gateway, so remove one of them",
                common.file
            ));
            root.passes("http");
            root.passes("smpp");
            return None;
        }
        (false, false) => {
            let what = "has no table [http] or [smpp]: what is spoken to the gateway, and where it is";
            root.problem(format!("{}: {what}", common.file));
            return None;
        }
    }
    preset::with_preset(root.table("http"), |section, preset| {
        let read = http::read(&section, preset, common);
        section.finish();
        read.map(|gateway| RouteGateway::Http(Box::new(gateway)))
    })
}

/// What every route has.
fn common(root: &Section<'_>, name: &str) -> SmsRoute {
    let prefixes = prefixes(root);
    let senders = sender::rules(&root.table("senders"), &prefixes);
    let on_unknown = root.parsed("on_unknown", "hold or resend", |word| match word {
        "hold" => Some(OnUnknown::Hold),
        "resend" => Some(OnUnknown::Resend),
        _ => None,
    });
    SmsRoute {
        name: name.to_owned(),
        prefixes,
        order: root.number("order", 0..=9999, 100),
        senders,
        parts_per_s: root.number("parts_per_s", 1..=10_000, 10),
        window: root.number("window", 1..=1000, 10),
        timeout: Duration::from_secs(root.integer("timeout_s", 2..=120, 20)),
        on_unknown: on_unknown.unwrap_or(OnUnknown::Hold),
        receipts: root.flag("receipts", true),
    }
}

fn prefixes(root: &Section<'_>) -> Vec<String> {
    let mut prefixes: Vec<String> = Vec::new();
    for Placed { text, place } in root.words("prefixes", PREFIX_RULE).unwrap_or_default() {
        if !sender::is_prefix(&text) {
            root.refuse("prefixes", &text, &place, PREFIX_RULE);
        } else if !prefixes.contains(&text) {
            prefixes.push(text);
        }
    }
    prefixes
}
