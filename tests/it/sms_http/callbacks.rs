//! What gateways send by themselves: whose word is taken, and what it says.

use aftercall::foundation::HttpGateway;
use aftercall::outbound::sms::http::{Callback, CallbackError, read_callback};
use aftercall::outbound::sms::{Inbound, ReceiptState};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;
use ring::hmac::{HMAC_SHA1_FOR_LEGACY_USE_ONLY, HMAC_SHA256, Key, sign};
use serde_json::json;

use super::{KEY, SECRET, link_of, message, route};
use crate::support::block_on;
use crate::support::gateway::{HttpGatewayDouble, Manner};

const FORM: &str = "application/x-www-form-urlencoded";

fn gateway(preset: &str, more: &str) -> HttpGateway {
    let login = "username = \"AC1\"\npassword = \"token-of-twilio\"\n";
    route(&format!("preset = \"{preset}\"\nurl = \"https://gateway.example/\"\n{login}{more}")).1
}

fn read(
    gateway: &HttpGateway,
    query: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> Result<Vec<Inbound>, CallbackError> {
    read_callback(&Callback { query, headers, body: body.as_bytes() }, gateway, "one")
}

/// The query of the address that a gateway is given for the receipts of a message.
fn receipt_query(preset: &str, parameter: &str) -> String {
    let double = HttpGatewayDouble::always(Manner::text(200, "ok"));
    let login = "username = \"AC1\"\npassword = \"token-of-twilio\"\n";
    let link = link_of(route(&format!("preset = \"{preset}\"\nurl = \"{}/\"\n{login}", double.url())));
    drop(block_on(link.submit(message("Hello"))));
    let asked = &double.asked()[0];
    let url = asked.query(parameter).or_else(|| asked.form(parameter)).unwrap();
    url.split_once('?').unwrap().1.to_owned()
}

fn receipt(id: &str, key: Option<&str>, state: ReceiptState, detail: &str) -> Inbound {
    Inbound::Receipt { id: id.to_owned(), key: key.map(str::to_owned), state, detail: detail.to_owned() }
}

fn phone(id: &str, from: &str, to: &str, text: &str) -> Inbound {
    let [id, from, to, text] = [id, from, to, text].map(str::to_owned);
    Inbound::Message { id, from, to, text }
}

#[test]
fn only_who_was_given_an_address_or_knows_the_secret_is_heard() {
    let kannel = gateway("kannel", "");
    let given = receipt_query("kannel", "dlr-url").replace("%d", "1").replace("%A", "ACK%2F");
    let taken = read(&kannel, &given, &[], "").unwrap();
    assert_eq!(taken, [receipt(KEY, Some(KEY), ReceiptState::Delivered, "1 ACK/")]);
    let other_key = given.replace("key=0", "key=1");
    let other_mac = given.replace("mac=", "mac=0");
    let message = "id=7&from=%2B34600999888&to=5001&text=9";
    for query in [
        other_key.as_str(),
        &other_mac,
        "state=1",
        &format!("key={KEY}&state=1"),
        message,
        &format!("{message}&token=wrong"),
        &format!("{message}&token="),
    ] {
        assert_eq!(read(&kannel, query, &[], ""), Err(CallbackError::NotSigned), "{query}");
    }
    assert_eq!(
        read_callback(&Callback { query: &given, headers: &[], body: b"" }, &kannel, "two"),
        Err(CallbackError::NotSigned),
        "an address is of its route"
    );
    let expected = [phone("7", "+34600999888", "5001", "9")];
    assert_eq!(read(&kannel, &format!("{message}&token={SECRET}"), &[], "").unwrap(), expected);
    let basic = format!("Basic {}", STANDARD.encode(format!("kannel:{SECRET}")));
    for login in [format!("Bearer {SECRET}"), basic] {
        assert_eq!(read(&kannel, message, &[("Authorization", &login)], "").unwrap(), expected);
    }
    let nosy = format!("{}&{message}", given.split("&state").next().unwrap());
    let refused = read(&kannel, &nosy, &[], "");
    assert!(
        matches!(refused, Err(CallbackError::Unreadable(_))),
        "a receipt's address brings no messages: {refused:?}"
    );
    let mut deaf = kannel;
    deaf.callbacks = None;
    assert_eq!(read(&deaf, &given, &[], ""), Err(CallbackError::NotSetUp));
}

#[test]
fn kannels_states_and_character_sets_are_understood() {
    let kannel = gateway("kannel", "");
    let given = receipt_query("kannel", "dlr-url");
    for (code, answer, state, detail) in [
        ("1", "", ReceiptState::Delivered, "1"),
        ("2", "NACK%2F0x0000000b", ReceiptState::Failed, "2 NACK/0x0000000b"),
        ("16", "Rejected+34600111222", ReceiptState::Failed, "16 Rejected ***"),
        ("8", "ACK%2F", ReceiptState::Pending, "8 ACK/"),
        ("4", "id%3A1+stat%3ABUFFERED+text%3AYour+opinion", ReceiptState::Pending, "4 id:1 stat:BUFFERED"),
    ] {
        let query = given.replace("%d", code).replace("%A", answer);
        let told = read(&kannel, &query, &[], "").unwrap();
        assert_eq!(told, [receipt(KEY, Some(KEY), state, detail.trim())], "{code}");
    }
    let token = format!("token={SECRET}&id=1&from=100&to=200");
    for (text, charset, expected) in [
        ("%06E%061%06-%06(%06'", "UTF-16BE", "مرحبا"),
        ("ma%C3%B1ana+%2B1", "UTF-8", "mañana +1"),
        ("ma%F1ana", "ISO-8859-1", "mañana"),
        ("%D8%3D%DE%42", "UTF-16BE", "🙂"),
        ("", "UTF-8", ""),
    ] {
        let query = format!("{token}&text={text}&charset={charset}");
        assert_eq!(
            read(&kannel, &query, &[], "").unwrap(),
            [phone("1", "100", "200", expected)],
            "{charset}"
        );
    }
}

#[test]
fn a_message_without_an_id_has_one_of_what_it_is() {
    let kannel = gateway("kannel", "");
    let id = |text: &str| {
        let query = format!("token={SECRET}&from=+34600999888&to=5001&text={text}");
        let Inbound::Message { id, from, .. } = read(&kannel, &query, &[], "").unwrap().remove(0) else {
            panic!()
        };
        assert_eq!(from, "+34600999888", "a plus that came unescaped is one");
        id
    };
    assert_eq!(id("9"), id("9"));
    assert_ne!(id("9"), id("8"));
    assert_ne!(id("9&time=1"), id("9&time=2"));
}

fn twilio_signed(url: &str, form: &[(&str, &str)]) -> (String, String) {
    let mut fields = form.to_vec();
    fields.sort_unstable();
    let words = fields.iter().map(|(name, value)| format!("{name}{value}")).collect::<Vec<_>>().concat();
    let key = Key::new(HMAC_SHA1_FOR_LEGACY_USE_ONLY, b"token-of-twilio");
    let signature = STANDARD.encode(sign(&key, format!("{url}{words}").as_bytes()));
    let mut body = form_urlencoded::Serializer::new(String::new());
    body.extend_pairs(form);
    (signature, body.finish())
}

#[test]
fn twilio_signs_by_its_token_what_it_sends() {
    let twilio = gateway("twilio", "");
    let url = "https://calls.example/sms/v1/one/callback";
    let form = [
        ("MessageSid", "SM1"),
        ("SmsStatus", "received"),
        ("From", "+34600999888"),
        ("To", "+12025550123"),
        ("Body", "Sí & más"),
    ];
    let (signature, body) = twilio_signed(url, &form);
    let headers = [("content-type", FORM), ("X-Twilio-Signature", signature.as_str())];
    let expected = [phone("SM1", "+34600999888", "+12025550123", "Sí & más")];
    assert_eq!(read(&twilio, "", &headers, &body).unwrap(), expected);
    assert_eq!(read(&twilio, "", &headers, &body.replace("SM1", "SM2")), Err(CallbackError::NotSigned));
    assert_eq!(
        read(&twilio, "x=1", &headers, &body),
        Err(CallbackError::NotSigned),
        "the address is signed too"
    );
    assert_eq!(read(&twilio, "", &headers[..1], &body), Err(CallbackError::NotSigned));
    // Receipts come to the address that has our own signature.
    let given = receipt_query("twilio", "StatusCallback");
    for (status, state) in [
        ("delivered", ReceiptState::Delivered),
        ("undelivered", ReceiptState::Failed),
        ("failed", ReceiptState::Failed),
        ("sent", ReceiptState::Pending),
    ] {
        let body = format!("MessageSid=SM1&MessageStatus={status}&ErrorCode=30005&To=%2B34600111222");
        let told = read(&twilio, &given, &headers[..1], &body).unwrap();
        assert_eq!(told, [receipt("SM1", Some(KEY), state, &format!("{status} 30005"))]);
    }
    let (signature, body) =
        twilio_signed(&format!("{url}?{given}"), &[("MessageSid", "SM1"), ("MessageStatus", "delivered")]);
    let headers = [("content-type", FORM), ("x-twilio-signature", signature.as_str())];
    assert_eq!(read(&twilio, &given, &headers, &body).unwrap().len(), 1);
}

#[test]
fn vonage_is_heard_by_query_form_and_json_and_by_its_own_signature() {
    let vonage = gateway("vonage", "[http.callback]\nsignature_secret = \"signing-secret\"\n");
    let given = receipt_query("vonage", "callback");
    let fields =
        format!("msisdn=34600111222&to=Acme&messageId=0A1&status=delivered&err-code=0&client-ref={KEY}");
    let told = [receipt("0A1", Some(KEY), ReceiptState::Delivered, "delivered 0")];
    assert_eq!(read(&vonage, &format!("{given}&{fields}"), &[], "").unwrap(), told);
    assert_eq!(read(&vonage, &given, &[("content-type", FORM)], &fields).unwrap(), told);
    let json = json!({"messageId": "0A1", "status": "expired", "err-code": 1, "client-ref": KEY}).to_string();
    let expired = [receipt("0A1", Some(KEY), ReceiptState::Failed, "expired 1")];
    assert_eq!(read(&vonage, &given, &[("content-type", "application/json")], &json).unwrap(), expired);
    let words = "&messageId=0B2&msisdn=34600999888&text=a_b_c&timestamp=1&to=34911";
    let signature = sign(&Key::new(HMAC_SHA256, b"signing-secret"), words.as_bytes());
    let signature =
        signature.as_ref().iter().map(|octet| format!("{octet:02X}")).collect::<Vec<_>>().concat();
    let incoming = |text: &str| {
        format!("msisdn=34600999888&to=34911&messageId=0B2&text={text}&timestamp=1&sig={signature}")
    };
    let expected = [phone("0B2", "34600999888", "34911", "a&b=c")];
    assert_eq!(read(&vonage, &incoming("a%26b%3Dc"), &[], "").unwrap(), expected);
    assert_eq!(read(&vonage, &incoming("a%26b%3Dd"), &[], ""), Err(CallbackError::NotSigned));
}

#[test]
fn infobip_tells_of_up_to_a_hundred_messages_at_once() {
    let infobip = gateway("infobip", "");
    let query = format!("token={SECRET}");
    let json_type = [("content-type", "application/json")];
    let one = |n: usize, group: &str| {
        json!({
            "bulkId": "b", "messageId": format!("{KEY}{}", if n == 0 { "" } else { "-2" }), "to": "34600111222", "callbackData": KEY,
            "status": {"groupId": 3, "groupName": group, "id": 5, "name": format!("{group}_X")},
            "error": {"groupId": 0, "name": "NO_ERROR", "permanent": false},
        })
    };
    let many: Vec<_> =
        (0..100).map(|n| one(n, if n % 2 == 0 { "DELIVERED" } else { "UNDELIVERABLE" })).collect();
    let told = read(&infobip, &query, &json_type, &json!({"results": many}).to_string()).unwrap();
    assert_eq!(told.len(), 100);
    assert_eq!(told[0], receipt(KEY, Some(KEY), ReceiptState::Delivered, "DELIVERED_X NO_ERROR"));
    let failed = receipt(&format!("{KEY}-2"), Some(KEY), ReceiptState::Failed, "UNDELIVERABLE_X NO_ERROR");
    assert_eq!(told[1], failed);
    let incoming = json!({"results": [
        {"messageId": "1", "from": "34600999888", "to": "5001", "text": "9", "cleanText": "9"},
        {"messageId": "2", "from": "34600999777", "to": "5001", "text": "STOP"},
    ], "messageCount": 2, "pendingMessageCount": 0});
    let told = read(&infobip, &query, &json_type, &incoming.to_string()).unwrap();
    assert_eq!(told, [phone("1", "34600999888", "5001", "9"), phone("2", "34600999777", "5001", "STOP")]);
    assert_eq!(read(&infobip, &query, &json_type, "{\"results\": []}").unwrap(), []);
    for broken in ["{\"results\": [", "{\"other\": 1}", "[1]"] {
        let read = read(&infobip, &query, &json_type, broken);
        assert!(matches!(read, Err(CallbackError::Unreadable(_))), "{broken}: {read:?}");
    }
}

#[test]
fn no_debug_print_of_what_came_shows_a_number_or_a_text() {
    let kannel = gateway("kannel", "");
    let query = format!("token={SECRET}&id=1&from=34600999888&to=5001&text=private");
    let shown = format!("{:?} {kannel:?}", read(&kannel, &query, &[], "").unwrap());
    assert!(!shown.contains("34600999888") && !shown.contains("private"), "{shown}");
    assert!(!shown.contains(SECRET) && !shown.contains("token-of-twilio"), "{shown}");
}

/// Pieces that mean something to a reader of requests, and chance.
fn piece() -> impl Strategy<Value = Vec<u8>> {
    let known = [
        "=",
        "&",
        "%",
        "%06E",
        "+",
        "{",
        "}",
        "[",
        "\"",
        ":",
        "\u{0}",
        "é",
        "results",
        "status",
        "text",
        "text:",
        "from",
        "key",
        "mac",
        "sig",
        "id",
        "charset=UTF-16BE",
        "{\"results\":[",
        "{\"status\":{\"groupName\":\"DELIVERED\"}}",
        "]}",
        "0x00000000",
        "+34600111222",
    ];
    let known = proptest::sample::select(known.to_vec()).prop_map(|piece| piece.as_bytes().to_vec());
    prop_oneof![4 => known, 1 => proptest::collection::vec(any::<u8>(), 0..8)]
}

fn pieces() -> impl Strategy<Value = Vec<u8>> {
    proptest::collection::vec(piece(), 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn nothing_that_comes_breaks_the_reader(query in pieces(), body in pieces(), is_json in any::<bool>()) {
        let content_type = if is_json { "application/json" } else { FORM };
        for preset in ["kannel", "twilio", "vonage", "infobip"] {
            thread_local! {
                static READY: std::cell::RefCell<Vec<(&'static str, HttpGateway)>> = const { std::cell::RefCell::new(Vec::new()) };
            }
            READY.with_borrow_mut(|ready| {
                if !ready.iter().any(|(known, _)| *known == preset) {
                    ready.push((preset, gateway(preset, "")));
                }
                let (_, gateway) = ready.iter().find(|(known, _)| *known == preset).unwrap();
                let query = format!("token={SECRET}&{}", String::from_utf8_lossy(&query));
                let headers = [("content-type", content_type), ("x-twilio-signature", "x")];
                let read = read_callback(&Callback { query: &query, headers: &headers, body: &body }, gateway, "one");
                assert!(!matches!(read, Err(CallbackError::NotSigned | CallbackError::NotSetUp)));
            });
        }
    }
}
