//! `[http]` of a route's file: the request, the gateway's login, and the line to it.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::Url;

use super::Common;
use super::answer;
use super::callback;
use super::secret::secret;
use super::section::{Placed, Section};
use crate::foundation::sms::http::{
    HttpBody, HttpEscape, HttpFields, HttpGateway, HttpMethod, HttpPlace, HttpRequestTemplate, HttpTemplate,
    HttpTemplateFault, HttpValues, JsonTemplate, PartsBy, parse_xml,
};
use crate::foundation::{Secret, SmsRoute};

const URL_RULE: &str =
    "an https:// address whose host has no place in it (http:// on this machine, or with cleartext = true)";

/// Headers that are the line's own matter.
const RESERVED: [&str; 7] =
    ["host", "content-length", "transfer-encoding", "connection", "content-type", "te", "upgrade"];

/// The gateway that `[http]` describes.
pub(super) fn read(section: &Section<'_>, preset: &str, common: &Common<'_>) -> Option<HttpGateway> {
    let cleartext = section.flag("cleartext", false);
    let request = request(section, cleartext);
    let username = section.text("username", "a login").map(|placed| placed.text).unwrap_or_default();
    let password = secret(section, "password", "password_file");
    let basic_auth = section.flag("basic_auth", false);
    let answer = answer::read(section);
    let callbacks = callback::read(&section.table("callback"), common, password.as_ref());
    let proxy = proxy(section);
    let gateway = HttpGateway {
        preset: preset.to_owned(),
        request: request?,
        username,
        password: password.unwrap_or_else(|| Secret::new(String::new())),
        basic_auth,
        answer,
        knows_key: section.flag("knows_key", false),
        parts_by: parts_by(section),
        coding_words: coding_words(section),
        receipts_word: section.text("receipts_word", "a word").map_or_else(|| "1".to_owned(), |p| p.text),
        validity_longest: minutes(section.integer("validity_longest_minutes", 1..=43_200, 2880)),
        connect_timeout: Duration::from_secs(section.integer("connect_timeout_s", 1..=60, 5)),
        idle: Duration::from_secs(section.integer("idle_s", 0..=600, 15)),
        ca_file: section.text("ca_file", "the path of a PEM file").map(|placed| PathBuf::from(placed.text)),
        proxy,
        callbacks,
    };
    section.passes("preset");
    rules(section, &gateway, common.route);
    Some(gateway)
}

/// Rules between keys.
fn rules(section: &Section<'_>, gateway: &HttpGateway, route: &SmsRoute) {
    let needs_login = |place| gateway.request.has(place) || gateway.basic_auth;
    if needs_login(HttpPlace::Username) && gateway.username.is_empty() {
        section.missing("username", "set, as the request has it");
    }
    if needs_login(HttpPlace::Password) && gateway.password.expose().is_empty() {
        section.missing("password", "set, here or as password_file, as the request has it");
    }
    if gateway.basic_auth && gateway.username.contains(':') {
        section.refuse(
            "username",
            &gateway.username,
            &section.place,
            "without a colon where basic_auth is true",
        );
    }
    if !gateway.request.has(HttpPlace::To) && !gateway.request.has(HttpPlace::ToDigits) {
        section
            .problem(format!("[http] ({}): its request has neither {{to}} nor {{to_digits}}", section.place));
    }
    if !gateway.request.has(HttpPlace::Text) && !gateway.request.has(HttpPlace::TextHex) {
        section.problem(format!(
            "[http] ({}): its request has neither {{text}} nor {{text_hex}}",
            section.place
        ));
    }
    let has_header = gateway.request.has(HttpPlace::Udh) || gateway.request.has(HttpPlace::UdhHex);
    if gateway.parts_by == PartsBy::Header && !has_header {
        let rule = "gateway, or {udh} or {udh_hex} in the request: else nobody puts the parts together";
        section.refuse("parts_by", "header", &section.place, rule);
    }
    if route.timeout <= gateway.connect_timeout {
        let value = gateway.connect_timeout.as_secs().to_string();
        let rule = format!("less than timeout_s, which is {}", route.timeout.as_secs());
        section.refuse("connect_timeout_s", &value, &section.place, &rule);
    }
}

/// The proxy's address, which is not shown: it may hold a password.
fn proxy(section: &Section<'_>) -> Option<String> {
    let Placed { text, place } = section.text("proxy", "an address")?;
    let is_proxy = Url::parse(&text).is_ok_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_proxy {
        section
            .problem(format!("{} ({place}): must be an http:// or https:// address", section.key("proxy")));
    }
    is_proxy.then_some(text)
}

fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(60 * minutes)
}

fn parts_by(section: &Section<'_>) -> PartsBy {
    let read = section.parsed("parts_by", "gateway or header", |word| match word {
        "gateway" => Some(PartsBy::Gateway),
        "header" => Some(PartsBy::Header),
        _ => None,
    });
    read.unwrap_or(PartsBy::Gateway)
}

fn coding_words(section: &Section<'_>) -> [String; 2] {
    let rule = "the gateway's words for GSM 03.38 and for UTF-16: two of them";
    let default = || ["0".to_owned(), "2".to_owned()];
    let Some(words) = section.words("coding_words", rule) else { return default() };
    let texts: Vec<String> = words.into_iter().map(|placed| placed.text).collect();
    <[String; 2]>::try_from(texts).unwrap_or_else(|texts| {
        section.refuse("coding_words", &texts.join(", "), &section.place, rule);
        default()
    })
}

fn request(section: &Section<'_>, cleartext: bool) -> Option<HttpRequestTemplate> {
    let method = section.parsed("method", "GET, POST or PUT", HttpMethod::parse);
    let url = url(section, cleartext);
    let query = fields(&section.table("query"), HttpTemplate::parse);
    let headers = headers(&section.table("headers"));
    let body = body(section);
    let method =
        method.unwrap_or(if body == Some(HttpBody::Empty) { HttpMethod::Get } else { HttpMethod::Post });
    if method == HttpMethod::Get && body.as_ref().is_some_and(|body| *body != HttpBody::Empty) {
        section.refuse("method", "GET", &section.place, "POST or PUT where there is a body");
    }
    Some(HttpRequestTemplate { method, url: url?, query, headers, body: body? })
}

fn url(section: &Section<'_>, cleartext: bool) -> Option<HttpTemplate> {
    let Some(Placed { text, place }) = section.text("url", URL_RULE) else {
        if !section.says("url") {
            section.missing("url", URL_RULE);
        }
        return None;
    };
    let template = match HttpTemplate::parse(&text) {
        Ok(template) => template,
        Err(fault) => {
            section.problem(format!("{} ({place}): {fault}", section.key("url")));
            return None;
        }
    };
    if is_address(&template, cleartext) {
        return Some(template);
    }
    // What follows the path may hold a key.
    let shown = text.split('?').next().unwrap_or_default();
    section.refuse("url", shown, &place, URL_RULE);
    None
}

/// Whether a template is an address in any case, and of a host that is fixed.
fn is_address(template: &HttpTemplate, cleartext: bool) -> bool {
    let Ok(url) = Url::parse(&template.render(&Sample, HttpEscape::Url)) else { return false };
    // The host ends where a slash stands; before that, nothing may be filled in.
    let is_fixed = template.beginning().splitn(4, '/').count() == 4 || !template.has_places();
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    let is_here = host == "localhost" || address.is_ok_and(|address| address.is_loopback());
    let is_plain = url.fragment().is_none() && url.username().is_empty() && url.password().is_none();
    let is_private = url.scheme() == "https" || url.scheme() == "http" && (is_here || cleartext);
    is_fixed && is_plain && is_private && !host.is_empty()
}

/// Something for each place while an address is looked at.
struct Sample;

impl HttpValues for Sample {
    fn value(&self, _: HttpPlace) -> Vec<u8> {
        b"1".to_vec()
    }
}

/// Names and templates; what the file sets to nothing is left out of a preset.
fn fields(
    section: &Section<'_>,
    parse: impl Fn(&str) -> Result<HttpTemplate, HttpTemplateFault>,
) -> HttpFields {
    let mut fields = Vec::new();
    for (name, Placed { text, place }) in section.pairs("a text, with places such as {to}") {
        match parse(&text) {
            _ if text.is_empty() => {}
            Ok(template) => fields.push((name, template)),
            Err(fault) => section.problem(format!("{} ({place}): {fault}", section.key(&name))),
        }
    }
    fields
}

fn headers(section: &Section<'_>) -> HttpFields {
    let fields = fields(section, HttpTemplate::parse_text);
    for (name, _) in &fields {
        let is_token =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b));
        if !is_token || RESERVED.contains(&name.to_ascii_lowercase().as_str()) {
            let rule = "a header's name, of those that are not the line's own matter";
            section.problem(format!("{} ({}): must be {rule}", section.key(name), section.place));
        }
    }
    fields
}

/// The body that the file says, or else the preset; `None` when it is wrong.
fn body(section: &Section<'_>) -> Option<HttpBody> {
    let kinds = ["form", "json", "xml"];
    let own: Vec<&str> = kinds.into_iter().filter(|kind| section.says(kind)).collect();
    if own.len() > 1 {
        section.problem(format!(
            "[http] ({}): {} are set: a request has one body",
            section.place,
            own.join(" and ")
        ));
        return None;
    }
    for kind in kinds {
        section.passes(kind);
    }
    let counts = |kind: &str| own.first().is_none_or(|own| *own == kind);
    if counts("json")
        && let Some(Placed { text, place }) = section.text("json", "JSON with places such as \"{to}\"")
    {
        let read = JsonTemplate::parse(&text).map(HttpBody::Json);
        return body_of(section, "json", &place, read);
    }
    if counts("xml")
        && let Some(Placed { text, place }) = section.text("xml", "XML with places such as {to}")
    {
        let read = parse_xml(&text).map(HttpBody::Xml);
        return body_of(section, "xml", &place, read);
    }
    let form = if counts("form") { fields(&section.table("form"), HttpTemplate::parse) } else { Vec::new() };
    Some(if form.is_empty() { HttpBody::Empty } else { HttpBody::Form(form) })
}

fn body_of(
    section: &Section<'_>,
    name: &str,
    place: &str,
    read: Result<HttpBody, HttpTemplateFault>,
) -> Option<HttpBody> {
    read.inspect_err(|fault| section.problem(format!("{} ({place}): {fault}", section.key(name)))).ok()
}
