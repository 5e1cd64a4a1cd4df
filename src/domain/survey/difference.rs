//! What differs between two survey documents, place by place: for whoever publishes, compares versions, or finds that somebody
//! else saved meanwhile.

use serde::Serialize;
use serde_json::Value;

use super::SurveyDocument;

/// A place at which two documents differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Where: names and keys from the outside in, such as `questions`, `csat`, `text`, `en`. Questions and choices are told
    /// by their keys, so that moving one is no other change.
    pub path: Vec<String>,
    /// What stood there; `None`: nothing.
    pub before: Option<Value>,
    /// What stands there; `None`: nothing.
    pub after: Option<Value>,
}

/// How a moved list is told: its keys in their order.
const ORDER: &str = "order";

/// All places at which two documents differ, in the order of the documents.
pub fn differences(before: &SurveyDocument, after: &SurveyDocument) -> Vec<Difference> {
    let mut found = Vec::new();
    // A document is plain data: it has a form in JSON.
    let (Ok(before), Ok(after)) = (serde_json::to_value(before), serde_json::to_value(after)) else {
        return found;
    };
    compare(&mut Vec::new(), Some(&before), Some(&after), &mut found);
    found
}

fn compare(
    path: &mut Vec<String>,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let mut names: Vec<&String> = before.keys().collect();
            names.extend(after.keys().filter(|name| !before.contains_key(*name)));
            for name in names {
                within(path, name, before.get(name), after.get(name), found);
            }
        }
        (Some(Value::Array(was)), Some(Value::Array(is))) => match (keys(was), keys(is)) {
            (Some(old), Some(new)) => lists(path, (was, &old), (is, &new), found),
            _ => add(path, before, after, found),
        },
        _ => add(path, before, after, found),
    }
}

fn lists(
    path: &mut Vec<String>,
    (was, old): (&[Value], &[&str]),
    (is, new): (&[Value], &[&str]),
    found: &mut Vec<Difference>,
) {
    let at = |list: &[&str], key: &str| list.iter().position(|known| *known == key);
    let gone = old.iter().filter(|key| at(new, key).is_none());
    for key in new.iter().chain(gone) {
        let before = at(old, key).and_then(|place| was.get(place));
        let after = at(new, key).and_then(|place| is.get(place));
        within(path, key, before, after, found);
    }
    let stayed = |list: &[&str], other: &[&str]| -> Vec<String> {
        list.iter().filter(|key| at(other, key).is_some()).map(|key| (*key).to_owned()).collect()
    };
    let (before, after) = (stayed(old, new), stayed(new, old));
    if before != after {
        within(path, ORDER, Some(&Value::from(before)), Some(&Value::from(after)), found);
    }
}

/// The keys of a list whose elements all have one, each once.
fn keys(list: &[Value]) -> Option<Vec<&str>> {
    let keys: Vec<&str> = list.iter().map(|value| value.get("key")?.as_str()).collect::<Option<_>>()?;
    let is_unique =
        keys.iter().enumerate().all(|(place, key)| !keys.iter().skip(place + 1).any(|k| k == key));
    is_unique.then_some(keys)
}

fn within(
    path: &mut Vec<String>,
    name: &str,
    before: Option<&Value>,
    after: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    path.push(name.to_owned());
    compare(path, before, after, found);
    path.pop();
}

fn add(path: &[String], before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    found.push(Difference { path: path.to_vec(), before: before.cloned(), after: after.cloned() });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(questions: &Value) -> SurveyDocument {
        serde_json::from_value(json!({"format": "aftercall.survey/1", "key": "s", "name": "S",
            "languages": ["en"], "questions": questions}))
        .unwrap()
    }

    fn question(key: &str, text: &str) -> Value {
        json!({"key": key, "type": "nps", "text": {"en": text}})
    }

    fn told(before: &Value, after: &Value) -> Vec<(String, bool, bool)> {
        let found = differences(&document(before), &document(after));
        found.iter().map(|d| (d.path.join("."), d.before.is_some(), d.after.is_some())).collect()
    }

    #[test]
    fn the_same_differs_nowhere() {
        assert_eq!(told(&json!([question("a", "A")]), &json!([question("a", "A")])), []);
    }

    #[test]
    fn a_text_is_one_place_also_when_its_question_was_moved() {
        let before = json!([question("a", "A"), question("b", "B")]);
        let after = json!([question("b", "B"), question("a", "Other")]);
        let expected = [("questions.a.text.en".into(), true, true), ("questions.order".into(), true, true)];
        assert_eq!(told(&before, &after), expected);
    }

    #[test]
    fn what_is_new_and_what_is_gone_is_told_whole() {
        let found = told(&json!([question("a", "A")]), &json!([question("b", "B")]));
        assert_eq!(found, [("questions.b".into(), false, true), ("questions.a".into(), true, false)]);
    }

    #[test]
    fn questions_that_share_a_key_are_one_place_and_no_crash() {
        let found = told(&json!([question("a", "A"), question("a", "B")]), &json!([question("a", "A")]));
        assert_eq!(found, [("questions".into(), true, true)]);
    }
}
