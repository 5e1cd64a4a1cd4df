//! Twilio, Vonage, Infobip: what they are asked, and what their answers mean, as they document them.

use aftercall::foundation::{HttpGateway, SmsRoute};
use aftercall::outbound::sms::Verdict;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{KEY, link_of, message, route};
use crate::support::block_on;
use crate::support::gateway::{Asked, HttpGatewayDouble, Manner};

/// 160 characters and one more: two parts, which these gateways make.
fn long() -> String {
    format!("{} €", "Your opinion, please: ".repeat(8))
}

/// What a gateway of this preset is asked and what its answer means.
fn play(preset: &str, path: &str, answer: Manner, text: &str) -> (Asked, Verdict) {
    let double = HttpGatewayDouble::always(answer);
    let verdict = block_on(link_of(at(preset, &double, path)).submit(message(text)));
    let asked = double.asked();
    assert_eq!(asked.len(), 1);
    (asked[0].clone(), verdict)
}

fn at(preset: &str, double: &HttpGatewayDouble, path: &str) -> (SmsRoute, HttpGateway) {
    let url = format!("{}{path}", double.url());
    route(&format!(
        "preset = \"{preset}\"\nurl = \"{url}\"\nusername = \"AC123\"\npassword = \"pass:word&\"\n"
    ))
}

fn verdict(preset: &str, status: u16, body: &Value) -> Verdict {
    play(preset, "/", Manner::text(status, &body.to_string()), "Hello").1
}

/// The verdict in one word.
fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Accepted(_) => "accepted",
        Verdict::Throttled { .. } => "throttled",
        Verdict::NotNow { .. } => "not now",
        Verdict::Refused { opted_out: false, .. } => "refused",
        Verdict::Refused { opted_out: true, .. } => "opted out",
        Verdict::RouteDown { .. } => "route down",
        Verdict::Unknown { .. } => "unknown",
    }
}

#[test]
fn twilio_gets_a_form_with_a_login_and_its_codes_are_understood() {
    let taken = json!({"sid": "SM1234", "status": "queued", "error_code": null}).to_string();
    let path = "/2010-04-01/Accounts/{username}/Messages.json";
    let (asked, verdict) = play("twilio", path, Manner::text(201, &taken), &long());
    assert_eq!(verdict, Verdict::Accepted(vec!["SM1234".to_owned()]));
    assert_eq!(
        (asked.method.as_str(), asked.target.as_str()),
        ("POST", "/2010-04-01/Accounts/AC123/Messages.json")
    );
    let login = asked.header("authorization").strip_prefix("Basic ").unwrap();
    assert_eq!(STANDARD.decode(login).unwrap(), b"AC123:pass:word&");
    assert_eq!(asked.form("Body").unwrap(), long());
    assert_eq!(asked.form("To").unwrap(), "+34600111222");
    assert_eq!(asked.form("From").unwrap(), "Acme");
    let validity: u64 = asked.form("ValidityPeriod").unwrap().parse().unwrap();
    assert!((5400..=5430).contains(&validity), "{validity}");
    let receipts = asked.form("StatusCallback").unwrap();
    let expected = format!("https://calls.example/sms/v1/one/callback?key={KEY}&mac=");
    assert!(receipts.starts_with(&expected), "{receipts}");
    for (status, code, expected) in [
        (429, 20429, "throttled"),
        (400, 21610, "opted out"),
        (400, 21211, "refused"),
        (400, 21614, "refused"),
        (401, 20003, "route down"),
        (404, 20404, "route down"),
        (400, 21611, "throttled"),
        (500, 20500, "not now"),
        (503, 20503, "not now"),
    ] {
        let said =
            json!({"code": code, "message": "The number +34600111222", "more_info": "x", "status": status});
        let verdict = self::verdict("twilio", status, &said);
        assert_eq!(word(&verdict), expected, "{code}: {verdict:?}");
        assert!(!format!("{verdict:?}").contains("600111222"));
    }
}

fn vonage(statuses: &[&str]) -> Value {
    let one = |status: &&str| json!({"to": "34600111222", "message-id": format!("id{status}"), "status": status, "error-text": "because"});
    json!({"message-count": statuses.len().to_string(), "messages": statuses.iter().map(one).collect::<Vec<_>>()})
}

#[test]
fn vonage_says_in_the_body_what_became_of_the_message_and_200_to_everything() {
    let (asked, verdict) =
        play("vonage", "/sms/json", Manner::text(200, &vonage(&["0", "0"]).to_string()), "مرحبا 🙂");
    assert_eq!(verdict, Verdict::Accepted(vec!["id0".to_owned(), "id0".to_owned()]));
    for (name, expected) in [
        ("api_key", "AC123"),
        ("api_secret", "pass:word&"),
        ("from", "Acme"),
        ("to", "34600111222"),
        ("type", "unicode"),
        ("text", "مرحبا 🙂"),
        ("client-ref", KEY),
        ("status-report-req", "1"),
    ] {
        assert_eq!(asked.form(name).as_deref(), Some(expected), "{name}");
    }
    assert!(asked.form("ttl").unwrap().parse::<u64>().unwrap() > 5_000_000);
    for (status, expected) in [
        ("1", "throttled"),
        ("5", "not now"),
        ("7", "opted out"),
        ("9", "route down"),
        ("4", "route down"),
        ("3", "refused"),
        ("15", "refused"),
    ] {
        let verdict = self::verdict("vonage", 200, &vonage(&[status]));
        assert_eq!(word(&verdict), expected, "{status}: {verdict:?}");
        assert!(format!("{verdict:?}").contains("because"), "{verdict:?}");
    }
    // A page of somebody in between is no word of the gateway.
    let page = play("vonage", "/", Manner::text(200, "<html>Please log in</html>"), "Hello").1;
    assert_eq!(word(&page), "unknown");
}

fn infobip(group: &str, name: &str) -> Value {
    json!({"bulkId": "b", "messages": [{
        "messageId": KEY, "destination": "34600111222",
        "status": {"groupId": 1, "groupName": group, "id": 26, "name": name, "description": "Told to 34600111222"},
    }]})
}

#[test]
fn infobip_gets_json_with_our_key_and_knows_a_message_by_it() {
    let taken = infobip("PENDING", "PENDING_ACCEPTED").to_string();
    let (asked, verdict) =
        play("infobip", "/sms/3/messages", Manner::text(200, &taken), "Say \"yes\"\nor {no}");
    assert_eq!(verdict, Verdict::Accepted(vec![KEY.to_owned()]));
    assert_eq!(asked.header("authorization"), "App pass:word&");
    assert_eq!(asked.header("content-type"), "application/json");
    let sent: Value = serde_json::from_str(&asked.body).unwrap();
    let message = &sent["messages"][0];
    assert_eq!(message["sender"], "Acme");
    assert_eq!(message["destinations"][0], json!({"to": "34600111222", "messageId": KEY}));
    assert_eq!(message["content"]["text"], "Say \"yes\"\nor {no}");
    assert_eq!(message["options"]["validityPeriod"], json!({"amount": 90, "timeUnit": "MINUTES"}));
    let receipts = message["webhooks"]["delivery"]["url"].as_str().unwrap();
    assert!(receipts.starts_with("https://calls.example/sms/v1/one/callback?key="), "{receipts}");
    for (group, name, expected) in [
        ("DELIVERED", "DELIVERED_TO_HANDSET", "accepted"),
        ("REJECTED", "REJECTED_NOT_ENOUGH_CREDITS", "route down"),
        ("REJECTED", "REJECTED_PREFIX_MISSING", "refused"),
        ("REJECTED", "REJECTED_DND", "opted out"),
        ("REJECTED", "REJECTED_FLOODING_FILTER", "not now"),
        ("REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID", "unknown"),
        ("UNDELIVERABLE", "UNDELIVERABLE_REJECTED_OPERATOR", "refused"),
    ] {
        let verdict = self::verdict("infobip", 200, &infobip(group, name));
        assert_eq!(word(&verdict), expected, "{name}: {verdict:?}");
        assert!(!format!("{verdict:?}").contains("600111222"));
    }
    let login = json!({"requestError": {"serviceException": {"messageId": "UNAUTHORIZED", "text": "Invalid login details"}}});
    let refused = self::verdict("infobip", 401, &login);
    assert_eq!(refused, Verdict::RouteDown { why: "the gateway says 401: Invalid login details".to_owned() });
}

#[test]
fn a_gateway_without_a_preset_is_spoken_to_in_its_own_words() {
    let double = HttpGatewayDouble::always(Manner::text(200, "<r><state>OK</state><id>77</id></r>"));
    let link = link_of(route(&format!(
        "url = \"{}/xml\"\nxml = '<sms to=\"{{to_digits}}\"><t c=\"{{coding}}\">{{text_hex}}</t></sms>'\n\
         [[http.body]]\nmatches = \"<state>OK</state>\"\nmeans = \"accepted\"\n[[http.body]]\nmatches = \"<state>\"\n\
         means = \"refused\"\n[http.id]\nmatches = \"<id>([0-9]+)</id>\"\n[http.headers]\nX-Key = \"{{key}}\"\n",
        double.url()
    )));
    let verdict = block_on(link.submit(message("A€")));
    assert_eq!(verdict, Verdict::Accepted(vec!["77".to_owned()]));
    let asked = &double.asked()[0];
    assert_eq!(asked.body, "<sms to=\"34600111222\"><t c=\"0\">411B65</t></sms>");
    assert_eq!((asked.header("content-type"), asked.header("x-key")), ("text/xml; charset=utf-8", KEY));
}

#[test]
fn parts_that_are_sent_apart_have_their_header_and_stop_at_the_first_that_is_not_taken() {
    let double = HttpGatewayDouble::start(|asked| match asked.query("udh").as_deref() {
        Some("050003020303") => Manner::text(429, "slowly"),
        _ => Manner::text(200, "ok"),
    });
    let http = format!(
        "url = \"{}/\"\nparts_by = \"header\"\n[http.query]\nto = \"{{to}}\"\nt = \"{{text}}\"\nudh = \"{{udh_hex}}\"\nkey = \"{{key}}\"\n",
        double.url()
    );
    let link = link_of(route(&http));
    let two = "x".repeat(153) + "yz123456";
    let verdict = block_on(link.submit(message(&two)));
    assert_eq!(verdict, Verdict::Accepted(vec![format!("{KEY}-1"), format!("{KEY}-2")]));
    let parts: Vec<_> =
        double.asked().iter().map(|a| (a.query("udh").unwrap(), a.query("t").unwrap())).collect();
    assert_eq!(parts[0], ("050003020201".to_owned(), "x".repeat(153)));
    assert_eq!(parts[1], ("050003020202".to_owned(), "yz123456".to_owned()));
    let four = "x".repeat(153 * 3 + 1);
    let verdict = block_on(link.submit(message(&four)));
    assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
    let three = "x".repeat(153 * 2 + 1);
    let verdict = block_on(link.submit(message(&three)));
    assert_eq!(word(&verdict), "throttled");
    let single = block_on(link.submit(message("short")));
    assert_eq!(single, Verdict::Accepted(vec![KEY.to_owned()]));
    assert_eq!(double.asked().last().unwrap().query("udh"), None, "a whole message has no header");
}
