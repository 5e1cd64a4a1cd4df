//! How the answers of a gateway are read: `status`, `body`, `id` and `reason` of `[http]`.

use super::section::{Placed, Section};
use crate::foundation::sms::http::{
    AnswerRules, BodyRule, Extract, JsonPath, Meaning, Pattern, StatusRule, TextTest,
};

const STATUS_RULE: &str = "a status or a range of them, such as 202 or 500-599";

pub(super) fn read(section: &Section<'_>) -> AnswerRules {
    let mut body = Vec::new();
    for rule in section.tables("body") {
        body.extend(body_rule(&rule));
        rule.finish();
    }
    AnswerRules {
        body,
        status: statuses(&section.table("status")),
        id: extract(section.table("id")),
        reason: extract(section.table("reason")),
    }
}

fn statuses(section: &Section<'_>) -> Vec<StatusRule> {
    let mut rules = Vec::new();
    for (range, Placed { text: word, place }) in section.pairs(Meaning::RULE) {
        let meaning = Meaning::parse(&word);
        if meaning.is_none() {
            section.refuse(&range, &word, &place, Meaning::RULE);
        }
        let read = status_range(&range);
        if read.is_none() {
            section.problem(format!("{} ({place}): must be {STATUS_RULE}", section.key(&range)));
        }
        if let (Some((from, to)), Some(meaning)) = (read, meaning) {
            rules.push(StatusRule { from, to, meaning });
        }
    }
    rules
}

fn status_range(text: &str) -> Option<(u16, u16)> {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let status = |text: &str| text.trim().parse::<u16>().ok().filter(|status| (100..=999).contains(status));
    let (from, to) = (status(from)?, status(to)?);
    (from <= to).then_some((from, to))
}

fn body_rule(rule: &Section<'_>) -> Option<BodyRule> {
    let path = path(rule);
    let test = test(rule);
    let meaning = rule.parsed("means", Meaning::RULE, Meaning::parse);
    if meaning.is_none() && !rule.says("means") {
        rule.missing("means", Meaning::RULE);
    }
    Some(BodyRule { path: path.ok()?, test: test?, meaning: meaning? })
}

/// The path of a rule; an error when it is none, which has been said.
fn path(rule: &Section<'_>) -> Result<Option<JsonPath>, ()> {
    if !rule.says("path") {
        rule.passes("path");
        return Ok(None);
    }
    rule.parsed("path", JsonPath::RULE, JsonPath::parse).map(Some).ok_or(())
}

fn test(rule: &Section<'_>) -> Option<TextTest> {
    let is = rule.words("is", "a text as it stands there");
    let begins = rule.text("begins", "how it begins");
    let matches = pattern(rule);
    let mut tests = Vec::new();
    tests.extend(is.map(|words| TextTest::Is(words.into_iter().map(|placed| placed.text).collect())));
    tests.extend(begins.map(|placed| TextTest::Begins(placed.text)));
    tests.extend(matches.map(TextTest::Matches));
    if tests.len() == 1 {
        return tests.pop();
    }
    if tests.len() > 1 || !["is", "begins", "matches"].iter().any(|name| rule.says(name)) {
        rule.problem(format!("[[http.body]] ({}): must have one of is, begins and matches", rule.place));
    }
    None
}

fn pattern(section: &Section<'_>) -> Option<Pattern> {
    let Placed { text, place } = section.text("matches", "a regular expression")?;
    let read = Pattern::parse(&text);
    read.inspect_err(|why| {
        let why = why.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        section.refuse("matches", &text, &place, &format!("a regular expression: {why}"));
    })
    .ok()
}

/// How a piece of the answer is found; `None`: it is not looked for.
fn extract(section: Section<'_>) -> Option<Extract> {
    let ways = ["path", "after", "matches"];
    let own: Vec<&str> = ways.into_iter().filter(|name| section.says(name)).collect();
    if own.len() > 1 {
        let (key, place) = (section.key(own[0]), &section.place);
        section.problem(format!("{key} ({place}): must be alone: one of path, after and matches"));
    }
    // The file's own way counts, whatever the preset's is.
    let counts = |way: &str| own.first().is_none_or(|own| *own == way);
    for way in ways {
        section.passes(way);
    }
    let mut found = None;
    if counts("path") {
        let paths = section.words("path", JsonPath::RULE);
        found = paths.map(|paths| Extract::Paths(paths_of(&section, "path", paths)));
    }
    if found.is_none() && counts("after") {
        let after = section.text("after", "what stands before it at the beginning of a line");
        found = after.map(|placed| Extract::After(placed.text));
    }
    if found.is_none() && counts("matches") {
        found = pattern(&section).map(Extract::Matches);
    }
    section.finish();
    found
}

/// Paths; what is none is said.
pub(super) fn paths_of(section: &Section<'_>, name: &str, words: Vec<Placed>) -> Vec<JsonPath> {
    let mut paths = Vec::new();
    for Placed { text, place } in words {
        match JsonPath::parse(&text) {
            Some(path) => paths.push(path),
            None => section.refuse(name, &text, &place, JsonPath::RULE),
        }
    }
    paths
}
