//! What a gateway sends by itself: receipts, and messages from phones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::filled::{callback_url, hex};
use super::signature::{is_receipt_mac, is_same, is_twilio, is_vonage};
use crate::foundation::HttpGateway;
use crate::foundation::sms::http::{
    CallbackSignature, FieldNames, HttpCallbacks, IncomingFields, JsonPath, ReceiptFields,
};
use crate::outbound::sms::{Inbound, ReceiptState};

/// Receipts or messages in one request at most. Gateways send a hundred.
const LIST_LONGEST: usize = 1000;
/// Characters of a detail at most.
const DETAIL_LONGEST: usize = 80;
/// Hexadecimal digits of our key.
const KEY_LENGTH: usize = 32;

/// A gateway's request.
#[derive(Clone, Copy)]
pub struct Callback<'a> {
    /// The query of its address, as it came.
    pub query: &'a str,
    /// Its headers; names in any case.
    pub headers: &'a [(&'a str, &'a str)],
    /// Its body.
    pub body: &'a [u8],
}

/// Why a request is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallbackError {
    /// The route's gateway is not known to send any.
    #[error(
        "this route takes no requests of its gateway: sms.callback_url and sms.callback_secret are not set"
    )]
    NotSetUp,
    /// Nothing proves that it is the gateway's.
    #[error(
        "the request has no signature of the gateway or of an address we gave it, and not the secret either"
    )]
    NotSigned,
    /// It is neither a receipt nor a message.
    #[error("the request is neither a receipt nor a message: {0}")]
    Unreadable(String),
}

/// Who a request is from.
enum Proof {
    /// Whoever has the address for receipts of this key.
    Receipt(String),
    /// The gateway.
    Gateway,
}

/// What a request of a route's gateway says, in order.
pub fn read_callback(
    callback: &Callback<'_>,
    gateway: &HttpGateway,
    route: &str,
) -> Result<Vec<Inbound>, CallbackError> {
    let callbacks = gateway.callbacks.as_ref().ok_or(CallbackError::NotSetUp)?;
    let said = Said::read(callback)?;
    let proof = proof(callback, &said, callbacks, route).ok_or(CallbackError::NotSigned)?;
    let mut all = Vec::new();
    if let Some(fields) = &callbacks.receipt {
        let own_key = if let Proof::Receipt(key) = &proof { Some(key.as_str()) } else { None };
        for item in said.items(fields.list.as_ref()) {
            all.extend(receipt(&item, fields, own_key));
        }
    }
    // Whoever has the address of one message's receipts can say nothing else.
    if let (true, Proof::Gateway, Some(fields)) = (all.is_empty(), &proof, &callbacks.incoming) {
        for item in said.items(fields.list.as_ref()) {
            all.extend(message(&item, fields, route));
        }
    }
    let lists = [callbacks.receipt.as_ref().map(|f| &f.list), callbacks.incoming.as_ref().map(|f| &f.list)];
    let is_empty_list = lists.into_iter().flatten().any(|list| said.items(list.as_ref()).is_empty());
    if all.is_empty() && !is_empty_list {
        return Err(CallbackError::Unreadable(
            "none of the fields is in it that http.callback names; are they right?".to_owned(),
        ));
    }
    Ok(all)
}

/// What a gateway is told whose request was taken: type and document. Twilio sends to the phone whatever else it is told.
pub fn callback_reply(gateway: &HttpGateway) -> (&'static str, &'static str) {
    let signature = gateway.callbacks.as_ref().and_then(|callbacks| callbacks.signature.as_ref());
    match signature {
        Some(CallbackSignature::Twilio(_)) => ("text/xml", "<Response/>"),
        _ => ("text/plain", ""),
    }
}

fn proof(callback: &Callback<'_>, said: &Said, callbacks: &HttpCallbacks, route: &str) -> Option<Proof> {
    let secret = &callbacks.secret;
    let in_query =
        |name: &str| said.query.iter().find(|(known, _)| known == name).map(|(_, value)| text(value));
    if let (Some(key), Some(mac)) = (in_query("key"), in_query("mac"))
        && is_receipt_mac(secret, (route, &key), &mac)
    {
        return Some(Proof::Receipt(key));
    }
    let is_secret = |given: &str| is_same(secret.expose().as_bytes(), given.as_bytes());
    if in_query("token").is_some_and(|token| is_secret(&token)) {
        return Some(Proof::Gateway);
    }
    if callback.header("authorization").and_then(login).is_some_and(|given| is_secret(&given)) {
        return Some(Proof::Gateway);
    }
    let is_signed = match &callbacks.signature {
        None => false,
        Some(CallbackSignature::Twilio(token)) => {
            callback.header("x-twilio-signature").is_some_and(|given| {
                let mut url = callback_url(callbacks, route);
                if !callback.query.is_empty() {
                    url = format!("{url}?{}", callback.query);
                }
                is_twilio(token, &url, &texts(&said.form), given)
            })
        }
        Some(CallbackSignature::Vonage(secret, digest)) => {
            let parameters = said.all_texts();
            let given = parameters.iter().find(|(name, _)| name == "sig").map(|(_, value)| value.clone());
            given.is_some_and(|given| is_vonage((secret, *digest), &parameters, &given))
        }
    };
    is_signed.then_some(Proof::Gateway)
}

/// The secret of a header: after `Bearer`, or as the password of `Basic`.
fn login(header: &str) -> Option<String> {
    let (scheme, given) = header.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("bearer") {
        return Some(given.trim().to_owned());
    }
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(given.trim()).ok()?).ok()?;
    decoded.split_once(':').map(|(_, password)| password.to_owned())
}

impl Callback<'_> {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| *value)
    }
}

type Parameters = Vec<(String, Vec<u8>)>;

/// All that a request says.
struct Said {
    query: Parameters,
    form: Parameters,
    json: Option<Value>,
}

/// One receipt or message of a request.
struct Item<'a> {
    said: &'a Said,
    json: Option<&'a Value>,
}

impl Said {
    fn read(callback: &Callback<'_>) -> Result<Self, CallbackError> {
        let content_type = callback.header("content-type").unwrap_or_default().to_ascii_lowercase();
        let is_json = content_type.contains("json") || callback.body.trim_ascii_start().starts_with(b"{");
        let json = if is_json && !callback.body.is_empty() {
            let read = serde_json::from_slice(callback.body);
            Some(read.map_err(|error| CallbackError::Unreadable(format!("it is not JSON: {error}")))?)
        } else {
            None
        };
        let form = if json.is_none() { parameters(callback.body) } else { Vec::new() };
        Ok(Self { query: parameters(callback.query.as_bytes()), form, json })
    }

    /// The single things it is about: those of a list, or it as a whole.
    fn items(&self, list: Option<&JsonPath>) -> Vec<Item<'_>> {
        let listed = list.zip(self.json.as_ref()).map(|(list, json)| list.find(json));
        match listed.as_deref() {
            Some([Value::Array(items)]) => {
                items.iter().take(LIST_LONGEST).map(|item| Item { said: self, json: Some(item) }).collect()
            }
            _ => vec![Item { said: self, json: self.json.as_ref() }],
        }
    }

    /// All parameters as texts, but for those that we put into the address.
    fn all_texts(&self) -> Vec<(String, String)> {
        let own = ["key", "mac", "token"];
        let mut all = texts(&self.query);
        all.retain(|(name, _)| !own.contains(&name.as_str()));
        all.extend(texts(&self.form));
        if let Some(Value::Object(members)) = &self.json {
            for (name, value) in members {
                match value {
                    Value::String(text) => all.push((name.clone(), text.clone())),
                    other => all.push((name.clone(), other.to_string())),
                }
            }
        }
        all
    }
}

impl Item<'_> {
    /// The octets of the first of these fields that is there.
    fn octets(&self, names: &FieldNames) -> Option<Vec<u8>> {
        names.iter().find_map(|path| {
            let in_json = self.json.and_then(|json| path.texts(json).into_iter().next());
            if let Some(text) = in_json {
                return Some(text.into_bytes());
            }
            let mut all = self.said.form.iter().chain(&self.said.query);
            all.find(|(name, _)| name == path.as_str()).map(|(_, value)| value.clone())
        })
    }

    fn text(&self, names: &FieldNames) -> Option<String> {
        self.octets(names).map(|octets| text(&octets))
    }
}

fn receipt(item: &Item<'_>, fields: &ReceiptFields, own_key: Option<&str>) -> Option<Inbound> {
    let word = item.text(&fields.state)?;
    let is_one_of = |words: &[String]| words.iter().any(|known| known.eq_ignore_ascii_case(word.trim()));
    let state = if is_one_of(&fields.delivered) {
        ReceiptState::Delivered
    } else if is_one_of(&fields.failed) {
        ReceiptState::Failed
    } else {
        ReceiptState::Pending
    };
    let part_key =
        item.text(&fields.key).filter(|key| message_key(key).is_some()).or(own_key.map(str::to_owned));
    let id = item.text(&fields.id).filter(|id| !id.is_empty());
    Some(Inbound::Receipt {
        // What the gateway gives no id of has our key of its part as its id.
        id: id.or_else(|| part_key.clone()).unwrap_or_default(),
        key: part_key.as_deref().and_then(message_key).map(str::to_owned),
        state,
        detail: detail(item, &fields.detail),
    })
}

/// Our key of a message in that of one of its parts: `key`, or `key-2`.
fn message_key(part_key: &str) -> Option<&str> {
    let key = part_key.split_once('-').map_or(part_key, |(key, _)| key);
    let is_key = key.len() == KEY_LENGTH && key.bytes().all(|b| b.is_ascii_hexdigit());
    is_key.then_some(key)
}

/// The gateway's words for people. Some put the beginning of the message there, and numbers.
fn detail(item: &Item<'_>, names: &FieldNames) -> String {
    let mut words: Vec<String> = Vec::new();
    for name in names {
        if let Some(word) = item.text(&vec![name.clone()])
            && !words.contains(&word)
        {
            words.push(word);
        }
    }
    let all = words.join(" ");
    let lower = all.to_ascii_lowercase();
    let all = lower.find("text:").map_or(all.as_str(), |at| &all[..at]);
    let all = super::scrub::without_numbers(all);
    let line = all.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    line.collect::<Vec<_>>().join(" ").chars().take(DETAIL_LONGEST).collect()
}

fn message(item: &Item<'_>, fields: &IncomingFields, route: &str) -> Option<Inbound> {
    let octets = item.octets(&fields.text)?;
    let text = in_charset(&octets, &item.text(&fields.charset).unwrap_or_default());
    let from = number(&item.text(&fields.from)?);
    let to = number(&item.text(&fields.to).unwrap_or_default());
    let id = item.text(&fields.id).filter(|id| !id.is_empty());
    let id = id.unwrap_or_else(|| {
        let words = format!("{route}\n{from}\n{to}\n{text}\n{}", item.said.everything());
        hex(&Sha256::digest(words.as_bytes())[..16])
    });
    Some(Inbound::Message { id, from, to, text })
}

impl Said {
    /// What tells one request from another that says the same: its time, where it has one.
    fn everything(&self) -> String {
        let mut all = self.all_texts();
        all.sort();
        let lines: Vec<String> = all.into_iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        lines.concat()
    }
}

/// A number as it was sent: a plus that came unescaped is a blank by the rules of forms.
fn number(text: &str) -> String {
    match text.strip_prefix(' ') {
        Some(rest) if rest.starts_with(|c: char| c.is_ascii_digit()) => format!("+{rest}"),
        _ => text.trim().to_owned(),
    }
}

fn in_charset(octets: &[u8], charset: &str) -> String {
    let charset = charset.to_ascii_lowercase().replace('_', "-");
    let units = |read: fn([u8; 2]) -> u16| {
        let units = octets.chunks_exact(2).map(|pair| read([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match charset.as_str() {
        "utf-16" | "utf-16be" | "utf16" | "utf16-be" | "ucs-2" | "ucs2" => units(u16::from_be_bytes),
        "utf-16le" | "utf16-le" => units(u16::from_le_bytes),
        "iso-8859-1" | "latin1" | "latin-1" => octets.iter().copied().map(char::from).collect(),
        _ => text(octets),
    }
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}

fn texts(parameters: &Parameters) -> Vec<(String, String)> {
    parameters.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

/// Names and values of a query or a form. Values as octets, for they need not be UTF-8.
fn parameters(encoded: &[u8]) -> Parameters {
    let decode = |piece: &[u8]| {
        let blanks: Vec<u8> = piece.iter().map(|b| if *b == b'+' { b' ' } else { *b }).collect();
        percent_encoding::percent_decode(&blanks).collect::<Vec<u8>>()
    };
    let pairs = encoded.split(|b| *b == b'&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let at = pair.iter().position(|b| *b == b'=').unwrap_or(pair.len());
            let value = pair.get(at + 1..).unwrap_or_default();
            (text(&decode(&pair[..at])), decode(value))
        })
        .collect()
}
