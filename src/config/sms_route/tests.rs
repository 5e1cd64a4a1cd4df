//! Routes' files: what they say, and all that can be wrong with them.

use super::*;
use crate::foundation::sms::http::{HttpBody, HttpGateway, HttpMethod, HttpPlace, Meaning, PartsBy};

const SECRET: &str = "correct-horse-battery";

fn base() -> CallbackBase {
    CallbackBase { url: "https://calls.example:8080".to_owned(), secret: Secret::new("s".repeat(20)) }
}

fn read(text: &str) -> Result<ConfiguredRoute, Vec<String>> {
    let problems = Problems::default();
    let route = read_text("one", "one.toml", text, Some(&base()), &problems);
    let problems = problems.into_inner();
    if problems.is_empty() { Ok(route.unwrap()) } else { Err(problems) }
}

fn gateway(http: &str) -> HttpGateway {
    let text = format!("[senders]\n\"+\" = \"Acme\"\n[http]\n{http}");
    let RouteGateway::Http(gateway) = read(&text).unwrap().gateway else { panic!("it speaks HTTP") };
    *gateway
}

/// The problems of a `[http]`, whose first line is line 4.
fn wrong(http: &str) -> Vec<String> {
    read(&format!("[senders]\n\"+\" = \"Acme\"\n[http]\n{http}")).unwrap_err()
}

const KANNEL: &str = "preset = \"kannel\"\nurl = \"http://127.0.0.1:13013/cgi-bin/sendsms\"\nusername = \"u\"\n\
                      password = \"correct-horse-battery\"\n";

#[test]
fn a_route_has_what_every_route_has_and_defaults_for_what_it_does_not_say() {
    let text = format!(
        "prefixes = [\"+34\", \"+351\"]\norder = 7\nparts_per_s = 30\nwindow = 4\ntimeout_s = 9\non_unknown = \"resend\"\n\
         receipts = false\n[senders]\n\"+34\" = \"5001\"\n\"+3\" = \"Acme\"\n[http]\n{KANNEL}"
    );
    let route = read(&text).unwrap().route;
    assert_eq!(route.name, "one");
    assert_eq!(route.prefixes, ["+34", "+351"]);
    assert_eq!((route.order, route.parts_per_s, route.window), (7, 30, 4));
    assert_eq!(
        (route.timeout, route.on_unknown, route.receipts),
        (Duration::from_secs(9), OnUnknown::Resend, false)
    );
    let senders: Vec<_> =
        route.senders.iter().map(|rule| (rule.prefix.as_str(), rule.sender.as_str())).collect();
    assert_eq!(senders, [("+34", "5001"), ("+3", "Acme")]);
    let plain = read(&format!("[senders]\n\"+\" = \"Acme\"\n[http]\n{KANNEL}")).unwrap().route;
    assert_eq!(
        (plain.order, plain.window, plain.on_unknown, plain.receipts),
        (100, 10, OnUnknown::Hold, true)
    );
}

#[test]
fn every_preset_needs_only_what_it_cannot_know() {
    let kannel = gateway(KANNEL);
    assert_eq!((kannel.request.method, kannel.parts_by), (HttpMethod::Get, PartsBy::Header));
    assert!(kannel.request.has(HttpPlace::ReceiptUrl) && kannel.request.has(HttpPlace::Udh));
    assert_eq!(kannel.answer.body[0].meaning, Meaning::Accepted);
    let login = "username = \"u\"\npassword = \"p\"\n";
    let twilio = gateway(&format!("preset = \"twilio\"\n{login}"));
    assert!(twilio.basic_auth && !twilio.knows_key);
    assert!(twilio.callbacks.unwrap().signature.is_some(), "the password signs");
    let vonage = gateway(&format!("preset = \"vonage\"\n{login}"));
    assert_eq!(vonage.answer.by_status(200), Meaning::Unknown, "the body says it");
    assert_eq!(vonage.coding_words, ["text", "unicode"]);
    let infobip = gateway(
        "preset = \"infobip\"\npassword = \"p\"\nurl = \"https://x.api.infobip.com/sms/3/messages\"\n",
    );
    assert!(infobip.knows_key && matches!(infobip.request.body, HttpBody::Json(_)));
    for gateway in [gateway(KANNEL), infobip, vonage] {
        let callbacks = gateway.callbacks.unwrap();
        assert!(callbacks.receipt.is_some() && callbacks.incoming.is_some(), "{}", gateway.preset);
    }
}

#[test]
fn every_part_of_a_preset_can_be_said_otherwise() {
    let own = gateway(&format!(
        "{KANNEL}parts_by = \"gateway\"\n[http.query]\ntext = \"{{text_hex}}\"\nudh = \"\"\nsmsc = \"a\"\n\
         [http.status]\n\"202\" = \"unknown\"\n[[http.body]]\nbegins = \"0: \"\nmeans = \"refused\"\n[http.id]\nafter = \"id \"\n"
    ));
    let names: Vec<&str> = own.request.query.iter().map(|(name, _)| name.as_str()).collect();
    assert!(!names.contains(&"udh") && names.ends_with(&["smsc"]) && names[0] == "username", "{names:?}");
    assert!(own.request.has(HttpPlace::TextHex) && !own.request.has(HttpPlace::Text));
    assert_eq!(own.answer.body[0].meaning, Meaning::Refused, "its own rules come first");
    assert_eq!(own.answer.by_status(202), Meaning::Unknown);
    let json = gateway(
        "preset = \"vonage\"\nusername = \"u\"\npassword = \"p\"\njson = '{\"u\": \"{username}{password}\", \"to\": \"{to}\", \"t\": \"{text}\"}'\n",
    );
    assert!(matches!(json.request.body, HttpBody::Json(_)), "one body, its own");
}

#[test]
fn everything_that_is_wrong_is_said_at_once_with_file_line_and_rule() {
    let told = read(
        "prefixes = [\"34\",\n  \"+35\"]\nwindow = 0\nspeed = 3\non_unknown = \"maybe\"\n[senders]\n\"+351\" = \"A far too long name\"\n\
         [http]\nurl = \"http://sms.example/{text}\"\nmethod = \"FETCH\"\njson = '{\"to\": {to}}'\n[http.status]\n\"2xx\" = \"fine\"\n\
         [[http.body]]\npath = \"a..b\"\nmatches = \"(\"\nmeans = \"good\"\n",
    );
    let told = told.unwrap_err();
    for expected in [
        "prefixes is \"34\" (one.toml:1)",
        "window is \"0\" (one.toml:3): must be a whole number from 1 to 1000",
        "speed (one.toml:4): there is no such key; there are",
        "on_unknown is \"maybe\" (one.toml:5): must be hold or resend",
        "senders.+351 is \"A far too long name\" (one.toml:7)",
        "has none for numbers that begin with +35:",
        "http.url is \"http://sms.example/{text}\" (one.toml:9): must be an https://",
        "http.method is \"FETCH\" (one.toml:10)",
        "http.json (one.toml:11): {to} is a text",
        "http.status.2xx is \"fine\" (one.toml:13): must be accepted",
        "http.status.2xx (one.toml:13): must be a status or a range",
        "http.body.path is \"a..b\" (one.toml:15)",
        "http.body.matches is \"(\" (one.toml:16): must be a regular expression: ",
        "http.body.means is \"good\" (one.toml:17)",
    ] {
        assert!(told.iter().any(|problem| problem.contains(expected)), "{expected}: {told:#?}");
    }
    assert_eq!(told.len(), 14, "{told:#?}");
}

#[test]
fn rules_between_keys_are_held() {
    for (http, told) in [
        ("preset = \"kannel\"\nurl = \"http://127.0.0.1/\"\n", "http.username is not set"),
        ("preset = \"nobody\"\n", "kannel, twilio, vonage or infobip"),
        ("preset = \"kannel\"\n", "http.url is not set (one.toml:3)"),
        ("url = \"https://x.example/\"\n[http.query]\na = \"b\"\n", "neither {to} nor {to_digits}"),
        ("url = \"https://{to}.example/\"\n", "whose host has no place in it"),
        ("url = \"https://x.example{to}/\"\n", "whose host has no place in it"),
        ("url = \"http://10.0.0.1/?{to}{text}\"\n", "cleartext = true"),
        ("url = \"https://u:p@x.example/?{to}{text}\"\n", "an https:// address"),
        ("url = \"https://x.example/?{to}{message}\"\n", "there is no place {message}"),
        (
            "url = \"https://x.example/?{to}{text}\"\nparts_by = \"header\"\n",
            "{udh} or {udh_hex} in the request",
        ),
        ("url = \"https://x.example/?{to}{text}\"\nmethod = \"GET\"\nxml = \"<a/>\"\n", "POST or PUT"),
        (
            "url = \"https://x.example/?{to}{text}\"\nxml = \"<a/>\"\njson = \"{}\"\n",
            "a request has one body",
        ),
        ("url = \"https://x.example/?{to}{text}\"\nxml = \"<a>\"\n", "is not XML"),
        (
            "url = \"https://x.example/?{to}{text}\"\nconnect_timeout_s = 20\n",
            "less than timeout_s, which is 20",
        ),
        ("url = \"https://x.example/?{to}{text}\"\n[http.headers]\nHost = \"{to}\"\n", "a header's name"),
        (
            "url = \"https://x.example/?{to}{text}\"\n[[http.body]]\nmeans = \"refused\"\n",
            "one of is, begins and matches",
        ),
        (
            "url = \"https://x.example/?{to}{text}\"\npassword = \"a\"\npassword_file = \"b\"\n",
            "are both set",
        ),
        (
            "url = \"https://x.example/?{to}{text}\"\npassword_file = \"/nonexistent/p\"\n",
            "cannot read /nonexistent/p",
        ),
    ] {
        let problems = wrong(http);
        assert!(problems.iter().any(|problem| problem.contains(told)), "{http}: {problems:#?}");
    }
    assert!(read("[senders]\n\"+\" = \"Acme\"\n").unwrap_err()[0].contains("has no table [http]"));
    gateway("url = \"http://10.0.0.1/?t={to}{text}\"\ncleartext = true\n");
}

#[test]
fn receipts_need_a_way_back_and_are_refused_without_one() {
    let text = format!("[senders]\n\"+\" = \"Acme\"\n[http]\n{KANNEL}");
    let problems = Problems::default();
    read_text("one", "one.toml", &text, None, &problems);
    assert!(problems.into_inner()[0].contains("sms.callback_url"));
    let problems = Problems::default();
    let route = read_text("one", "one.toml", &format!("receipts = false\n{text}"), None, &problems);
    assert!(problems.into_inner().is_empty() && route.is_some());
}

#[test]
fn no_secret_is_shown_wherever_it_stands() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, format!("{SECRET}\n")).unwrap();
    let by_file = KANNEL
        .replace(&format!("password = \"{SECRET}\""), &format!("password_file = \"{}\"", file.display()));
    for good in [gateway(KANNEL), gateway(&by_file)] {
        assert_eq!(good.password.expose(), SECRET);
        assert!(!format!("{good:?}").contains(SECRET));
    }
    for bad in [
        format!("{KANNEL}x = 1\n").replace(SECRET, &format!("{SECRET}\\u0007")),
        KANNEL.replace(&format!("\"{SECRET}\""), &format!("[\"{SECRET}\"]")),
        KANNEL.replace("13013/cgi-bin/sendsms", &format!("13013/{{x}}?key={SECRET}")),
        KANNEL
            .replace("http://127.0.0.1", "http://10.0.0.1")
            .replace("sendsms", &format!("sendsms?key={SECRET}")),
        format!("{KANNEL}proxy = \"x://u:{SECRET}@proxy\"\n"),
        format!("{KANNEL}ca_file = [\"{SECRET}\"]\n"),
    ] {
        let told = wrong(&bad).join("\n");
        assert!(!told.contains(SECRET) && told.contains("one.toml:"), "{told}");
    }
}

#[test]
fn a_folder_is_read_in_order_and_what_is_wrong_with_it_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (routes, told) = read_folder(folder.path(), Some(&base()));
    assert!(routes.is_empty() && told[0].contains("has no *.toml file"), "{told:?}");
    let route = |order: u16| format!("order = {order}\n[senders]\n\"+\" = \"Acme\"\n[http]\n{KANNEL}");
    for (name, order) in [("b.toml", 5), ("a.toml", 5), ("c.toml", 1)] {
        std::fs::write(folder.path().join(name), route(order)).unwrap();
    }
    std::fs::write(folder.path().join("notes.txt"), "not a route").unwrap();
    let (routes, told) = read_folder(folder.path(), Some(&base()));
    assert!(told.is_empty(), "{told:?}");
    let names: Vec<&str> = routes.iter().map(|route| route.route.name.as_str()).collect();
    assert_eq!(names, ["c", "a", "b"]);
    std::fs::write(folder.path().join("My Route.toml"), route(1)).unwrap();
    std::fs::write(folder.path().join("d.toml"), "order = \n[http\n").unwrap();
    let (_, told) = read_folder(folder.path(), Some(&base()));
    assert!(told.iter().any(|problem| problem.contains("small letters, digits and hyphens")), "{told:#?}");
    assert!(told.iter().any(|problem| problem.contains("d.toml:1: not TOML")), "{told:#?}");
    let (_, told) = read_folder(&folder.path().join("none"), None);
    assert!(told[0].contains("sms.routes_folder: cannot read"), "{told:?}");
}
