//! JSON with places, and paths into JSON.

use std::fmt;

use serde_json::{Map, Number, Value};

use super::template::{HttpEscape, HttpPlace, HttpTemplate, HttpTemplateFault, HttpValues, place_name};

/// What a place without quotation marks is while the rest is read: no text of a template begins so.
const BARE: char = '\u{E000}';

#[derive(Debug, Clone, PartialEq, Eq)]
enum Node {
    /// What has no place in it.
    Fixed(Value),
    Text(HttpTemplate),
    Number(HttpPlace),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// A JSON document with places in its texts, and in place of its numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonTemplate {
    root: Node,
}

impl JsonTemplate {
    /// Reads a template. A place within a text is filled in there; one without quotation marks has to be a number.
    pub fn parse(text: &str) -> Result<Self, HttpTemplateFault> {
        let quoted = quote_bare_places(text);
        let value: Value =
            serde_json::from_str(&quoted).map_err(|error| HttpTemplateFault::NotJson(error.to_string()))?;
        Ok(Self { root: node(value)? })
    }

    /// The document with its values. What has places and comes out empty is left out, and so is what holds nothing else.
    pub fn render(&self, values: &dyn HttpValues) -> String {
        fill(&self.root, values).unwrap_or(Value::Null).to_string()
    }

    /// Whether a place is in it.
    pub fn has(&self, place: HttpPlace) -> bool {
        has(&self.root, place)
    }
}

fn has(node: &Node, place: HttpPlace) -> bool {
    match node {
        Node::Fixed(_) => false,
        Node::Text(text) => text.has(place),
        Node::Number(number) => *number == place,
        Node::List(items) => items.iter().any(|item| has(item, place)),
        Node::Object(members) => members.iter().any(|(_, member)| has(member, place)),
    }
}

/// Puts places that stand outside of texts into quotation marks, with a mark of their own.
fn quote_bare_places(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let (mut is_text, mut is_escaped) = (false, false);
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let after = &rest[c.len_utf8()..];
        rest = after;
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_text => is_escaped = true,
            '"' => is_text = !is_text,
            '{' if !is_text => {
                if let Some(name) = place_name(after) {
                    out.extend(['"', BARE]);
                    out.push_str(name);
                    out.push('"');
                    rest = &after[name.len() + 1..];
                    continue;
                }
            }
            _ => {}
        }
        out.push(c);
    }
    out
}

fn node(value: Value) -> Result<Node, HttpTemplateFault> {
    Ok(match value {
        Value::String(text) => {
            if let Some(name) = text.strip_prefix(BARE) {
                let place = HttpPlace::ALL.into_iter().find(|(_, known)| *known == name);
                let (place, _) = place.ok_or_else(|| HttpTemplateFault::Unknown(name.to_owned()))?;
                if !place.is_number() {
                    return Err(HttpTemplateFault::Unquoted(name.to_owned()));
                }
                return Ok(Node::Number(place));
            }
            let template = HttpTemplate::parse_text(&text)?;
            if template.has_places() {
                Node::Text(template)
            } else {
                Node::Fixed(Value::String(template.render(&Nothing, HttpEscape::Plain)))
            }
        }
        Value::Array(items) => Node::List(items.into_iter().map(node).collect::<Result<_, _>>()?),
        Value::Object(members) => {
            let members = members.into_iter().map(|(name, value)| Ok((name, node(value)?)));
            Node::Object(members.collect::<Result<_, HttpTemplateFault>>()?)
        }
        other => Node::Fixed(other),
    })
}

/// Fills nothing in: for texts without places.
struct Nothing;

impl HttpValues for Nothing {
    fn value(&self, _: HttpPlace) -> Vec<u8> {
        Vec::new()
    }
}

fn fill(node: &Node, values: &dyn HttpValues) -> Option<Value> {
    match node {
        Node::Fixed(value) => Some(value.clone()),
        Node::Text(template) => {
            let text = template.render(values, HttpEscape::Plain);
            (!text.is_empty()).then_some(Value::String(text))
        }
        Node::Number(place) => {
            let digits = String::from_utf8(values.value(*place)).ok()?;
            digits.parse::<u64>().ok().map(|number| Value::Number(Number::from(number)))
        }
        Node::List(items) => {
            let filled: Vec<Value> = items.iter().filter_map(|item| fill(item, values)).collect();
            (items.is_empty() || !filled.is_empty()).then_some(Value::Array(filled))
        }
        Node::Object(members) => {
            let filled: Map<String, Value> = members
                .iter()
                .filter_map(|(name, member)| Some((name.clone(), fill(member, values)?)))
                .collect();
            (members.is_empty() || !filled.is_empty()).then_some(Value::Object(filled))
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Member(String),
    Item(usize),
    /// Every item.
    Each,
}

/// A way into JSON such as `messages[0].status`; `[*]` leads to every item of a list.
#[derive(Clone, PartialEq, Eq)]
pub struct JsonPath {
    written: String,
    steps: Vec<Step>,
}

impl JsonPath {
    /// What a path looks like, for messages.
    pub const RULE: &str = "a path such as status, messages[0].id or results[*].status.name";

    /// Reads a path; `None` when it is none.
    pub fn parse(written: &str) -> Option<Self> {
        let mut steps = Vec::new();
        for part in written.split('.') {
            let (name, items) =
                part.split_once('[').map_or((part, None), |(name, items)| (name, Some(items)));
            if name.is_empty() && !(steps.is_empty() && items.is_some()) {
                return None;
            }
            if name.contains([']', '"', '\'', '$']) || name.contains(char::is_whitespace) {
                return None;
            }
            if !name.is_empty() {
                steps.push(Step::Member(name.to_owned()));
            }
            for item in items.into_iter().flat_map(|items| items.split('[')) {
                let item = item.strip_suffix(']')?;
                steps.push(if item == "*" { Step::Each } else { Step::Item(item.parse().ok()?) });
            }
        }
        Some(Self { written: written.to_owned(), steps })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// All that it leads to; nothing where the document has no such thing.
    pub fn find<'v>(&self, root: &'v Value) -> Vec<&'v Value> {
        let mut found = vec![root];
        for step in &self.steps {
            found = match step {
                Step::Member(name) => found.into_iter().filter_map(|value| value.get(name)).collect(),
                Step::Item(place) => found.into_iter().filter_map(|value| value.get(place)).collect(),
                Step::Each => found.into_iter().filter_map(Value::as_array).flatten().collect(),
            };
        }
        found
    }

    /// The texts it leads to; numbers and truth values as they are written.
    pub fn texts(&self, root: &Value) -> Vec<String> {
        self.find(root).into_iter().filter_map(text_of).collect()
    }
}

impl fmt::Debug for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.written)
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::template::tests::Hard;
    use super::*;

    #[test]
    fn a_document_is_json_whatever_is_filled_in() {
        let template = JsonTemplate::parse(
            r#"{"to": ["{to}"], "text": "x: {text}", "ttl": {validity_minutes}, "n": 5, "brace": "{{to}"}"#,
        )
        .unwrap();
        let read: Value = serde_json::from_str(&template.render(&Hard)).unwrap();
        assert_eq!(
            read,
            json!({
                "to": ["+34600"], "text": "x: a&b=\"<c>'\r\n]]>\u{1F600} {to}", "ttl": 90, "n": 5, "brace": "{to}",
            })
        );
    }

    #[test]
    fn what_comes_out_empty_is_left_out_with_what_holds_nothing_else() {
        let template = JsonTemplate::parse(
            r#"{"a": {"url": "{receipt_url}"}, "b": [["{receipt_url}"]], "c": {}, "d": "", "k": "{key}"}"#,
        );
        assert_eq!(template.unwrap().render(&Hard), r#"{"c":{},"d":"","k":"k1"}"#);
    }

    #[test]
    fn what_is_no_json_and_texts_without_quotation_marks_are_refused() {
        for (text, told) in [
            ("{\"to\": }", "is not JSON"),
            ("{\"to\": {to}}", "{to} is a text"),
            ("{\"to\": {whom}}", "there is no place {whom}"),
            ("{\"to\": \"{whom}\"}", "there is no place {whom}"),
            ("{\"to\": \"{udh}\"}", "{udh_hex}"),
        ] {
            let wrong = JsonTemplate::parse(text).unwrap_err().to_string();
            assert!(wrong.contains(told), "{text}: {wrong}");
        }
    }

    #[test]
    fn a_path_leads_to_one_thing_or_to_each_of_a_list() {
        let document = json!({"m": [{"id": "a", "s": 0}, {"id": "b", "s": 1}], "message-id": true});
        let texts = |path: &str| JsonPath::parse(path).unwrap().texts(&document);
        assert_eq!(texts("m[1].id"), ["b"]);
        assert_eq!(texts("m[*].s"), ["0", "1"]);
        assert_eq!(texts("message-id"), ["true"]);
        assert_eq!(texts("m"), [""; 0]);
        assert_eq!(texts("m[7].id"), [""; 0]);
        assert_eq!(JsonPath::parse("[0].x").unwrap().texts(&json!([{"x": "y"}])), ["y"]);
        for bad in ["", "a..b", ".a", "a.", "a[", "a[x]", "a[0", "a]b", "$.a", "a b"] {
            assert!(JsonPath::parse(bad).is_none(), "{bad:?}");
        }
    }
}
