//! Parameters from wherever a script can put them: query, form, JSON or XML, told apart by what they look like and not
//! by their content type, which scripts get wrong.

use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;

use super::error::ApiError;

/// Fields in one request at most; more is no survey script.
const FIELDS_MAX: usize = 100;
/// Characters of one value at most, before the limits of each parameter.
const VALUE_MAX: usize = 8_000;

/// The parameters of a request by folded name: `responseId`, `response_id` and `RESPONSE-ID` are one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fields {
    list: Vec<(String, String)>,
    /// Characters of one value at most.
    value_max: usize,
}

impl Default for Fields {
    fn default() -> Self {
        Self { list: Vec::new(), value_max: VALUE_MAX }
    }
}

impl Fields {
    /// Reads query and body; the same parameter twice with different values is refused, not guessed.
    pub fn parse(query: &str, body: &[u8]) -> Result<Self, ApiError> {
        Self::parse_long(query, body, VALUE_MAX)
    }

    /// The same with values of up to `value_max` characters, where one of them may be audio.
    pub fn parse_long(query: &str, body: &[u8], value_max: usize) -> Result<Self, ApiError> {
        let mut fields = Self { list: Vec::new(), value_max };
        fields.add_form(query.as_bytes())?;
        let text =
            std::str::from_utf8(body).map_err(|_| ApiError::malformed("the body is not UTF-8 text"))?;
        match text.trim_start_matches('\u{feff}').trim_start() {
            "" => {}
            json if json.starts_with('{') => fields.add_json(json)?,
            xml if xml.starts_with('<') => fields.add_xml(xml)?,
            form => fields.add_form(form.trim_end().as_bytes())?,
        }
        Ok(fields)
    }

    /// The value of the first of these folded names that is there.
    pub fn get(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.list.iter().find(|(n, _)| n == name)).map(|(_, v)| v.as_str())
    }

    /// All of them, by folded name.
    #[cfg(fuzzing)]
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.list.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Takes out the value of the first of these folded names that is there.
    pub fn take(&mut self, names: &[&str]) -> Option<String> {
        let place = names.iter().find_map(|name| self.list.iter().position(|(n, _)| n == name));
        place.map(|place| self.list.swap_remove(place).1)
    }

    /// Adds a parameter that came in another way than [`Fields::parse`] knows.
    pub fn add(&mut self, name: &str, value: String) -> Result<(), ApiError> {
        let name: String = folded(name).collect();
        let max = self.value_max;
        // There are at least as many bytes as characters, and bytes need no counting.
        if value.len() > max && value.chars().count() > max {
            return Err(ApiError::malformed(format!("`{name}` is longer than {max} characters")));
        }
        match self.list.iter().find(|(n, _)| *n == name) {
            Some((_, known)) if *known == value => return Ok(()),
            Some(_) => {
                return Err(ApiError::malformed(format!("`{name}` is given twice with different values")));
            }
            None if self.list.len() >= FIELDS_MAX => {
                return Err(ApiError::malformed(format!("more than {FIELDS_MAX} parameters")));
            }
            None => self.list.push((name, value)),
        }
        Ok(())
    }

    fn add_form(&mut self, form: &[u8]) -> Result<(), ApiError> {
        form.split(|byte| *byte == b'&').try_for_each(|pair| {
            let Some((name, value)) = form_urlencoded::parse(pair).next() else { return Ok(()) };
            let raw = pair.splitn(2, |byte| *byte == b'=').nth(1).unwrap_or_default();
            let value = if is_international(raw) {
                String::from_utf8_lossy(raw).into_owned()
            } else {
                value.into_owned()
            };
            self.add(&name, value)
        })
    }

    fn add_json(&mut self, json: &str) -> Result<(), ApiError> {
        let value: Value = serde_json::from_str(json)
            .map_err(|e| ApiError::malformed(format!("the body is not JSON as it should be: {e}")))?;
        let Value::Object(members) = value else {
            return Err(ApiError::malformed("the JSON body is no object"));
        };
        for (name, value) in members {
            let text = match value {
                Value::Null => continue,
                Value::Array(items) => list(&name, items)?,
                single => scalar(&name, single)?,
            };
            self.add(&name, text)?;
        }
        Ok(())
    }

    /// `<anything><name>value</name>…</anything>`, no document type and no entities but the five of XML itself.
    fn add_xml(&mut self, xml: &str) -> Result<(), ApiError> {
        let mut reader = Reader::from_str(xml);
        let mut open: Vec<String> = Vec::new();
        let mut text = String::new();
        loop {
            let event =
                reader.read_event().map_err(|e| ApiError::malformed(format!("the body is not XML: {e}")))?;
            match event {
                Event::Start(tag) => {
                    if open.len() == 2 {
                        return Err(ApiError::malformed(
                            "the XML body is nested deeper than <root><name>value",
                        ));
                    }
                    open.push(tag.local_name().as_ref().to_owned());
                    text.clear();
                }
                Event::Empty(tag) if open.len() == 1 => {
                    self.add(tag.local_name().as_ref(), String::new())?;
                }
                Event::Text(part) => text.push_str(&part),
                Event::CData(part) => text.push_str(&part),
                Event::GeneralRef(part) => text.push(reference(&part)?),
                Event::End(_) => {
                    let name = open.pop().unwrap_or_default();
                    if open.len() == 1 {
                        self.add(&name, text.trim().to_owned())?;
                    }
                }
                Event::DocType(_) => {
                    return Err(ApiError::malformed("a document type is not allowed in XML"));
                }
                Event::Eof if open.is_empty() => return Ok(()),
                Event::Eof => return Err(ApiError::malformed("the XML body ends before its last tag")),
                Event::Empty(_) | Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }
}

/// The value of a parameter of the query by its folded name, for what has to be known also of a request that cannot be read.
pub(super) fn in_query(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(known, value)| folded(&known).eq(name.chars()).then(|| value.trim().to_owned()))
}

/// A name as all its spellings have it.
fn folded(name: &str) -> impl Iterator<Item = char> {
    name.chars().filter(|c| !matches!(c, '_' | '-')).flat_map(char::to_lowercase)
}

/// Whether a value as it was sent is a phone number in the international form (a plus, and 7 to 15 digits that begin with no
/// zero) whose plus was not encoded. Scripts that put an address together themselves send it so; read as a blank, which is
/// what it means in a form, the number would be another one.
fn is_international(raw: &[u8]) -> bool {
    let Some((b'+', digits @ [b'1'..=b'9', ..])) = raw.split_first() else { return false };
    (7..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit)
}

fn reference(part: &quick_xml::events::BytesRef<'_>) -> Result<char, ApiError> {
    let refused = || ApiError::malformed("only the five entities of XML itself are allowed");
    if let Some(c) = part.resolve_char_ref().map_err(|_| refused())? {
        return Ok(c);
    }
    match part.as_ref() {
        "amp" => Ok('&'),
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(refused()),
    }
}

fn scalar(name: &str, value: Value) -> Result<String, ApiError> {
    match value {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Bool(flag) => Ok(flag.to_string()),
        Value::Null => Ok(String::new()),
        Value::Array(_) | Value::Object(_) => {
            Err(ApiError::malformed(format!("`{name}` has to be a text, a number or a list of these")))
        }
    }
}

/// A list becomes the `4:5:9` form; null is "not answered".
fn list(name: &str, items: Vec<Value>) -> Result<String, ApiError> {
    let items: Result<Vec<String>, ApiError> = items.into_iter().map(|item| scalar(name, item)).collect();
    Ok(items?.join(":"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(query: &str, body: &str) -> Result<Vec<(String, String)>, String> {
        Fields::parse(query, body.as_bytes()).map(|f| f.list).map_err(|e| e.to_string())
    }

    #[expect(clippy::unnecessary_wraps, reason = "compared with what `check` returns")]
    fn pairs(pairs: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
        Ok(pairs.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    #[test]
    fn the_same_parameters_are_read_from_query_form_json_and_xml() {
        let expected = pairs(&[("responseid", "r"), ("value", "4 & 5")]);
        assert_eq!(check("responseId=r&value=4+%26+5", ""), expected);
        assert_eq!(check("", "response_id=r&value=4+%26+5\n"), expected);
        assert_eq!(check("", r#"{"responseId": "r", "value": "4 & 5", "x": null}"#), expected);
        assert_eq!(
            check("", "<?xml version='1.0'?><a><responseId>r</responseId><value>4 &amp; &#53;</value></a>"),
            expected
        );
        assert_eq!(check("response-id=r", "<a><Value><![CDATA[4 & 5]]></Value></a>"), expected);
        assert_eq!(check("", r#"{"a": [4, null, "9"]}"#), pairs(&[("a", "4::9")]));
        assert_eq!(check("a=1&a=1", ""), pairs(&[("a", "1")]));
        assert_eq!(check("a&&b=&=c", ""), pairs(&[("a", ""), ("b", ""), ("", "c")]));
    }

    #[test]
    fn a_plus_that_was_not_encoded_stays_before_a_phone_number_and_is_a_blank_elsewhere() {
        for (sent, read) in [
            ("+4989123", "+4989123"),
            ("+491234567890123", "+491234567890123"),
            ("%2B4989123", "+4989123"),
            ("+4912345678901234", " 4912345678901234"),
            ("+498912", " 498912"),
            ("+0989123", " 0989123"),
            ("%204989123", " 4989123"),
            ("4989123+", "4989123 "),
            ("+Ana+Ruiz", " Ana Ruiz"),
        ] {
            assert_eq!(check(&format!("x=1&ani={sent}"), ""), pairs(&[("x", "1"), ("ani", read)]), "{sent}");
            assert_eq!(check("", &format!("ani={sent}\r\n")), pairs(&[("ani", read)]), "{sent}");
        }
    }

    #[test]
    fn what_is_ambiguous_deep_or_dangerous_is_refused_with_the_reason() {
        for (query, body, says) in [
            ("a=1&a=2", "", "twice"),
            ("", "{\"a\":{\"b\":1}}", "list of these"),
            ("", "{\"a\":", "not JSON"),
            ("", "[1]", ""),
            ("", "<!DOCTYPE a [<!ENTITY x \"y\">]><a><b>&x;</b></a>", "document type"),
            ("", "<a><b>&x;</b></a>", "five entities"),
            ("", "<a><b><c>1</c></b></a>", "deeper"),
            ("", "<a><b>1</b>", "ends before"),
        ] {
            let outcome = check(query, body);
            if !says.is_empty() {
                assert!(outcome.as_ref().is_err_and(|e| e.contains(says)), "{body}: {outcome:?}");
            }
        }
    }
}
