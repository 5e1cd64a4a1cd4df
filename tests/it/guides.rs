//! The guides: their examples can be read by what they are for, and their links lead somewhere.

use std::path::Path;

use super::files::{SourceFile, below, top};

/// The guides, and the pages that lead to them.
fn pages() -> Vec<SourceFile> {
    let mut pages = below("docs", &[".md"]);
    for name in ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"] {
        let text = std::fs::read_to_string(top().join(name)).unwrap();
        pages.push(SourceFile { path: name.to_owned(), text });
    }
    pages
}

/// The blocks of code in this language: the line they begin on, and what they hold.
fn blocks<'a>(page: &'a SourceFile, language: &str) -> Vec<(usize, &'a str)> {
    let fence = format!("\n```{language}\n");
    let starts = page.text.match_indices(&fence);
    let block = |(at, _): (usize, _)| {
        let rest = &page.text[at + fence.len()..];
        let end = rest.find("\n```").map_or(rest.len(), |end| end + 1);
        (page.text[..at].lines().count() + 2, &rest[..end])
    };
    starts.map(block).collect()
}

/// Where the links of a page lead, without those to other servers and to places in the page itself.
fn links(page: &SourceFile) -> Vec<&str> {
    let targets = page.text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
    let targets = targets.map(|(target, _)| target.split('#').next().unwrap_or_default());
    targets.filter(|target| !target.is_empty() && !target.contains("://")).collect()
}

fn unreadable(page: &SourceFile) -> Vec<String> {
    let mut wrong = Vec::new();
    for (line, json) in blocks(page, "json") {
        if let Err(error) = serde_json::from_str::<serde_json::Value>(json) {
            wrong.push(format!("{}:{line}: {error}", page.path));
        }
    }
    for (line, xml) in blocks(page, "xml") {
        if let Err(error) = sxd_document::parser::parse(xml) {
            wrong.push(format!("{}:{line}: {error:?}", page.path));
        }
    }
    wrong
}

fn dead(page: &SourceFile) -> Vec<String> {
    let folder = top().join(Path::new(&page.path).parent().unwrap());
    let missing = links(page).into_iter().filter(|target| !folder.join(target).exists());
    missing.map(|target| format!("{}: leads to {target}, which is not there", page.path)).collect()
}

fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_example_of_the_guides_in_json_and_xml_can_be_read() {
    let pages = pages();
    none(&pages.iter().flat_map(unreadable).collect::<Vec<_>>());
    let count = |language| pages.iter().map(|page| blocks(page, language).len()).sum::<usize>();
    assert!(count("json") >= 3 && count("xml") >= 3, "the examples are found");
    for broken in ["\n```json\n{\"a\": }\n```\n", "\n```xml\n<a><b></a>\n```\n"] {
        assert_eq!(unreadable(&SourceFile::new("x.md", broken)).len(), 1, "{broken}");
    }
}

#[test]
fn every_link_of_the_guides_leads_to_a_file() {
    let pages = pages();
    none(&pages.iter().flat_map(dead).collect::<Vec<_>>());
    let guide = |page: &&SourceFile| page.path.starts_with("docs/ivr-");
    let linked = |name: &str, from: &SourceFile| links(from).iter().any(|to| to.ends_with(name));
    let [readme, reference] =
        ["README.md", "docs/ivr-api.md"].map(|path| pages.iter().find(|page| page.path == path).unwrap());
    for page in pages.iter().filter(guide).filter(|page| page.path != reference.path) {
        let name = page.path.strip_prefix("docs/").unwrap();
        assert!(linked(name, readme) && linked(name, reference), "{name} can be found");
        assert!(linked("ivr-api.md", page), "{name} leads to the reference");
        assert!(
            page.text.contains("aftercall ivr doctor --call-id"),
            "{name} says what to do when all fails"
        );
    }
    let planted = "[a](gone.md) [b](../README.md#top) [c](#here) [d](https://example.com/x)";
    assert_eq!(
        dead(&SourceFile::new("docs/x.md", planted)),
        ["docs/x.md: leads to gone.md, which is not there"]
    );
}
