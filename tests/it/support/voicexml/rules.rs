//! What a document has to be, by the tables of VoiceXML 2.1, SRGS 1.0 and SSML 1.0 for the elements a survey uses.

use std::collections::BTreeSet;

use roxmltree::{Document, Node};

const VOICEXML: &str = "http://www.w3.org/2001/vxml";

/// What an element may have.
struct Rule {
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    /// Names of children, of groups in [`GROUPS`], `#text`.
    children: &'static [&'static str],
}

/// Sets of children with a name in the specification.
const GROUPS: [(&str, &[&str]); 3] = [
    (
        "%content",
        &[
            "assign",
            "clear",
            "disconnect",
            "exit",
            "goto",
            "if",
            "prompt",
            "reprompt",
            "return",
            "submit",
            "var",
        ],
    ),
    ("%handlers", &["catch", "noinput", "nomatch"]),
    ("%said", &["#text", "audio", "break"]),
];

const FETCH: [&str; 2] = ["fetchtimeout", "fetchhint"];

const fn rule(
    name: &'static str,
    required: &'static [&'static str],
    optional: &'static [&'static str],
    children: &'static [&'static str],
) -> Rule {
    Rule { name, required, optional, children }
}

const RULES: [Rule; 31] = [
    rule("vxml", &["version"], &["lang"], &["%handlers", "form", "property", "var"]),
    rule(
        "form",
        &[],
        &["id", "scope"],
        &["%handlers", "block", "field", "filled", "property", "record", "subdialog", "var"],
    ),
    rule("block", &[], &["name", "expr", "cond"], &["%content", "#text"]),
    rule(
        "field",
        &[],
        &["name", "expr", "cond", "modal"],
        &["%handlers", "%said", "filled", "grammar", "prompt", "property"],
    ),
    rule(
        "record",
        &[],
        &["name", "expr", "cond", "modal", "beep", "maxtime", "finalsilence", "dtmfterm", "type"],
        &["%handlers", "%said", "filled", "grammar", "prompt", "property"],
    ),
    rule(
        "subdialog",
        &[],
        &["name", "cond", "namelist", "src", "method", "enctype"],
        &["%handlers", "%said", "filled", "prompt", "property"],
    ),
    rule("filled", &[], &["mode", "namelist"], &["%content"]),
    rule("catch", &[], &["event", "count", "cond"], &["%content"]),
    rule("noinput", &[], &["count", "cond"], &["%content"]),
    rule("nomatch", &[], &["count", "cond"], &["%content"]),
    rule("if", &["cond"], &[], &["%content", "elseif", "else"]),
    rule("elseif", &["cond"], &[], &[]),
    rule("else", &[], &[], &[]),
    rule("var", &["name"], &["expr"], &[]),
    rule("assign", &["name", "expr"], &[], &[]),
    rule("clear", &[], &["namelist"], &[]),
    rule("goto", &[], &["next", "expr", "nextitem", "expritem"], &[]),
    rule("submit", &[], &["next", "expr", "namelist", "method", "enctype"], &[]),
    rule("return", &[], &["namelist", "event", "eventexpr"], &[]),
    rule("exit", &[], &["expr", "namelist"], &[]),
    rule("disconnect", &[], &["namelist"], &[]),
    rule("reprompt", &[], &[], &[]),
    rule("property", &["name", "value"], &[], &[]),
    rule("prompt", &[], &["bargein", "bargeintype", "cond", "count", "timeout", "lang"], &["%said"]),
    rule("audio", &[], &["src", "expr"], &["%said"]),
    rule("break", &[], &["time", "strength"], &[]),
    rule("grammar", &["version", "root"], &["mode", "type", "lang"], &["rule"]),
    rule("rule", &["id"], &["scope"], &["#text", "one-of", "item"]),
    rule("one-of", &[], &["lang"], &["item"]),
    rule("item", &[], &["repeat", "weight"], &["#text"]),
    rule("value", &["expr"], &[], &[]),
];

/// Says what is wrong with a document.
pub fn check(document: &Document<'_>) -> Result<(), String> {
    let root = document.root_element();
    if root.tag_name().name() != "vxml" || root.attribute("version") != Some("2.1") {
        return Err("it is no document of VoiceXML 2.1".to_owned());
    }
    let mut ids = BTreeSet::new();
    for element in root.descendants().filter(Node::is_element) {
        check_element(element)?;
        check_values(element)?;
        if let Some(id) = element.attribute("id") {
            let begins = id.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
            if !begins || !id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')) {
                return Err(format!("`{id}` is no XML id"));
            }
            if !ids.insert(id) {
                return Err(format!("two elements have the id {id}"));
            }
        }
    }
    let gotos = root.descendants().filter_map(|node| node.attribute("next")?.strip_prefix('#'));
    let missing: Vec<_> = gotos.filter(|id| !ids.contains(id)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no form has the id {missing:?}")) }
}

fn check_element(element: Node<'_, '_>) -> Result<(), String> {
    let name = element.tag_name().name();
    let rule = RULES.iter().find(|rule| rule.name == name).ok_or(format!("{name} is not known"))?;
    // Those of SRGS and SSML too: the schema of VoiceXML takes them over.
    if element.tag_name().namespace() != Some(VOICEXML) {
        return Err(format!("{name} is in the wrong namespace"));
    }
    for required in rule.required {
        element.attribute(*required).ok_or(format!("{name} has no {required}"))?;
    }
    for attribute in element.attributes() {
        let known = [rule.required, rule.optional, &FETCH].concat();
        if !known.contains(&attribute.name()) {
            return Err(format!("{name} has no attribute {}", attribute.name()));
        }
    }
    let members = |child: &&'static str| {
        let group = GROUPS.iter().find(|(group, _)| group == child).map(|(_, members)| members.to_vec());
        group.unwrap_or_else(|| vec![*child])
    };
    let allowed: Vec<&str> = rule.children.iter().flat_map(members).collect();
    for child in element.children() {
        let kind = if child.is_text() { "#text" } else { child.tag_name().name() };
        let blank = child.is_text() && child.text().unwrap_or_default().trim().is_empty();
        if !blank && !allowed.contains(&kind) {
            return Err(format!("{kind} may not stand in {name}"));
        }
    }
    Ok(())
}

fn check_values(element: Node<'_, '_>) -> Result<(), String> {
    let name = element.tag_name().name();
    let has = |attribute: &str| usize::from(element.attribute(attribute).is_some());
    let ways = match name {
        "goto" => has("next") + has("expr") + has("nextitem") + has("expritem"),
        "submit" => has("next") + has("expr"),
        "return" => has("namelist") + has("event") + has("eventexpr"),
        "subdialog" => has("src"),
        "audio" => has("src") + has("expr"),
        _ => 1,
    };
    if ways != 1 {
        return Err(format!("{name} has to have one of its ways"));
    }
    for attribute in ["timeout", "maxtime", "finalsilence", "time", "fetchtimeout"] {
        let Some(time) = element.attribute(attribute) else { continue };
        let number = time.strip_suffix("ms").or_else(|| time.strip_suffix('s')).unwrap_or("");
        number.parse::<u32>().map_err(|_| format!("{attribute}=\"{time}\" is no time"))?;
    }
    if name == "grammar" {
        let root = element.attribute("root");
        let mut rules = element.children().filter(Node::is_element);
        rules.find(|rule| rule.attribute("id") == root).ok_or("the root of a grammar is not in it")?;
        if root.unwrap_or_default().contains(['.', ':', '-']) {
            return Err(format!("{root:?} is no name of a rule"));
        }
    }
    for variable in element.attribute("namelist").unwrap_or_default().split_whitespace() {
        let scopes = element.ancestors().filter(Node::is_element).flat_map(|scope| scope.children());
        let mut names = scopes.filter(Node::is_element).filter(|node| node.tag_name().name() != "property");
        let declared = names.any(|node| node.attribute("name") == Some(variable));
        declared.then_some(()).ok_or(format!("{name} sends {variable}, which is not declared"))?;
    }
    Ok(())
}
