//! The request that hands a message over.

use std::fmt::Write as _;

use super::json::JsonTemplate;
use super::template::{HttpEscape, HttpPlace, HttpTemplate, HttpTemplateFault, HttpValues, percent};

/// The method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HttpMethod {
    /// Everything stands in the address.
    Get,
    /// With a body, or none.
    Post,
    /// The same.
    Put,
}

impl HttpMethod {
    /// The method of a word of the configuration.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "GET" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "PUT" => Some(Self::Put),
            _ => None,
        }
    }
}

/// Names and their values, in order.
pub type HttpFields = Vec<(String, HttpTemplate)>;

/// The body of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HttpBody {
    /// There is none.
    Empty,
    /// A form.
    Form(HttpFields),
    /// JSON.
    Json(JsonTemplate),
    /// XML.
    Xml(HttpTemplate),
}

/// A request with places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HttpRequestTemplate {
    /// Its method.
    pub method: HttpMethod,
    /// Its address.
    pub url: HttpTemplate,
    /// What is added to the address. What has places and comes out empty is left out, here and in a form.
    pub query: HttpFields,
    /// Its headers.
    pub headers: HttpFields,
    /// Its body.
    pub body: HttpBody,
}

/// A request as it is sent.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequestFilled {
    /// Its address.
    pub url: String,
    /// Its headers, without line breaks in their values.
    pub headers: Vec<(String, String)>,
    /// What its body is; `None`: it has none.
    pub content_type: Option<&'static str>,
    /// Its body.
    pub body: Vec<u8>,
}

impl HttpRequestTemplate {
    /// The request with its values.
    pub fn render(&self, values: &dyn HttpValues) -> HttpRequestFilled {
        let mut url = self.url.render(values, HttpEscape::Url);
        for (name, octets) in filled(&self.query, values) {
            url.push(if url.contains('?') { '&' } else { '?' });
            // Writing into a String cannot fail.
            let _ = write!(url, "{}={}", percent(name.as_bytes()), percent(&octets));
        }
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.render(values, HttpEscape::Header)))
            .filter(|(_, value)| !value.is_empty());
        let (content_type, body) = match &self.body {
            HttpBody::Empty => (None, Vec::new()),
            HttpBody::Form(fields) => {
                let pairs: Vec<String> = filled(fields, values)
                    .map(|(name, octets)| format!("{}={}", percent(name.as_bytes()), percent(&octets)))
                    .collect();
                (Some("application/x-www-form-urlencoded"), pairs.join("&").into_bytes())
            }
            HttpBody::Json(template) => (Some("application/json"), template.render(values).into_bytes()),
            HttpBody::Xml(template) => {
                (Some("text/xml; charset=utf-8"), template.render(values, HttpEscape::Xml).into_bytes())
            }
        };
        HttpRequestFilled { url, headers: headers.collect(), content_type, body }
    }

    /// Whether a place is anywhere in it.
    pub fn has(&self, place: HttpPlace) -> bool {
        let in_fields = |fields: &HttpFields| fields.iter().any(|(_, value)| value.has(place));
        let in_body = match &self.body {
            HttpBody::Empty => false,
            HttpBody::Form(fields) => in_fields(fields),
            HttpBody::Json(template) => template.has(place),
            HttpBody::Xml(template) => template.has(place),
        };
        in_body || self.url.has(place) || in_fields(&self.query) || in_fields(&self.headers)
    }
}

fn filled<'a>(
    fields: &'a HttpFields,
    values: &'a dyn HttpValues,
) -> impl Iterator<Item = (&'a str, Vec<u8>)> + 'a {
    fields
        .iter()
        .map(|(name, value)| (name.as_str(), value.octets(values)))
        .filter(|(_, octets)| !octets.is_empty())
}

/// Reads a template of XML: well-formed whatever is filled in.
pub fn parse_xml(text: &str) -> Result<HttpTemplate, HttpTemplateFault> {
    let template = HttpTemplate::parse_text(text)?;
    // Within these nothing is escaped, and a document type can name files.
    if text.contains("<!") {
        return Err(HttpTemplateFault::NotXml(
            "it must not have comments, CDATA or a document type".to_owned(),
        ));
    }
    let filled = template.render(&Sample, HttpEscape::Xml);
    let mut reader = quick_xml::Reader::from_str(&filled);
    let mut elements = 0;
    let mut depth = 0_usize;
    loop {
        use quick_xml::events::Event;
        match reader.read_event() {
            Ok(Event::Eof) if elements == 0 => {
                return Err(HttpTemplateFault::NotXml("it has no element".to_owned()));
            }
            Ok(Event::Eof) if depth > 0 => {
                return Err(HttpTemplateFault::NotXml("an element is not closed".to_owned()));
            }
            Ok(Event::Eof) => return Ok(template),
            Ok(Event::Start(start)) => {
                elements += 1;
                depth += 1;
                attributes(&start)?;
            }
            Ok(Event::Empty(start)) => {
                elements += 1;
                attributes(&start)?;
            }
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            Err(error) => return Err(HttpTemplateFault::NotXml(error.to_string())),
        }
    }
}

fn attributes(start: &quick_xml::events::BytesStart<'_>) -> Result<(), HttpTemplateFault> {
    for attribute in start.attributes() {
        attribute.map_err(|error| HttpTemplateFault::NotXml(error.to_string()))?;
    }
    Ok(())
}

/// What places are while a template of XML is looked at: text that nothing but text can hold.
struct Sample;

impl HttpValues for Sample {
    fn value(&self, _: HttpPlace) -> Vec<u8> {
        b"1 2".to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::super::template::tests::Hard;
    use super::*;

    fn fields(pairs: &[(&str, &str)]) -> HttpFields {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), HttpTemplate::parse(value).unwrap())).collect()
    }

    fn template(body: HttpBody) -> HttpRequestTemplate {
        HttpRequestTemplate {
            method: HttpMethod::Post,
            url: HttpTemplate::parse("https://sms.example/{to}/send?v=1").unwrap(),
            query: fields(&[("k y", "{key}"), ("url", "{receipt_url}")]),
            headers: fields(&[("X-Text", "{text}"), ("X-None", "{receipt_url}")]),
            body,
        }
    }

    #[test]
    fn a_request_has_its_values_where_they_belong_and_leaves_out_what_is_empty() {
        let sent = template(HttpBody::Form(fields(&[("t", "{text}"), ("u", "{receipt_url}"), ("f", "")])));
        let sent = sent.render(&Hard);
        assert_eq!(sent.url, "https://sms.example/%2B34600/send?v=1&k%20y=k1");
        assert_eq!(sent.headers, [("X-Text".to_owned(), "a&b=\"<c>'  ]]>\u{1F600} {to}".to_owned())]);
        let read: Vec<_> = form_urlencoded::parse(&sent.body).into_owned().collect();
        assert_eq!(read, [("t".to_owned(), "a&b=\"<c>'\r\n]]>\u{1F600} {to}".to_owned())]);
        assert_eq!(template(HttpBody::Empty).render(&Hard).content_type, None);
        assert!(
            template(HttpBody::Empty).has(HttpPlace::Key) && !template(HttpBody::Empty).has(HttpPlace::Udh)
        );
    }

    #[test]
    fn xml_is_read_back_as_it_was_meant() {
        let xml = parse_xml("<?xml version=\"1.0\"?><m to='{to}'><t>{text}</t></m>").unwrap();
        let sent = template(HttpBody::Xml(xml)).render(&Hard);
        let text = String::from_utf8(sent.body).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        assert_eq!(document.root_element().attribute("to"), Some("+34600"));
        let inner = document.descendants().find(|node| node.has_tag_name("t")).unwrap();
        assert_eq!(inner.text(), Some("a&b=\"<c>'\r\n]]>\u{1F600} {to}"));
    }

    #[test]
    fn what_is_no_xml_is_refused() {
        for bad in [
            "",
            "{text}",
            "<a>{text}",
            "<a>{text}</b>",
            "<{text}/>",
            "<a b={text}/>",
            "<a><![CDATA[{text}]]></a>",
            "<a><!-- {text} --></a>",
            "<a>{udh}</a>",
            "<a>{what}</a>",
        ] {
            assert!(parse_xml(bad).is_err(), "{bad}");
        }
    }
}
