//! Text messages through the whole server: from the ask to the gateway, from the link to the page, and back.

use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use super::support::gateway::{Asked, HttpGatewayDouble, Manner};
use super::support::http::read;
use super::support::store::Stored;
use super::support::{Server, Site, block_on, until};

const MOBILE: &str = "+34600111222";
const SECRET: &str = "a-secret-of-the-callbacks";

fn took() -> Manner {
    Manner::text(202, "0: Accepted for delivery")
}

/// A site whose survey invites, with a route to a gateway like Kannel.
fn site(invitation: &Value, gateway: &str, route: &str) -> Site {
    let site = Site::new();
    site.publish(&json!({
        "format": "aftercall.survey/1", "key": "sms", "name": "How was it", "languages": ["en"], "voice": "tts",
        "thanks": {"en": "Thank you!"},
        "questions": [
            {"key": "first", "type": "rating", "scale": "1-5", "text": {"en": "How was the call?"}},
            {"key": "second", "type": "yes_no", "text": {"en": "Was it solved?"}},
        ],
        "invitation": invitation,
    }));
    site.run(&["service", "add", "Sales", "--dn", "7001"]);
    site.run(&["survey", "activate", "sms", "Sales"]);
    let folder = site.scratch("routes");
    std::fs::create_dir(&folder).unwrap();
    let file = format!(
        "timeout_s = 2\n{route}\n[senders]\n\"+\" = \"Acme\"\n[http]\npreset = \"kannel\"\nurl = \"{gateway}/cgi-bin/sendsms\"\n\
         username = \"u\"\npassword = \"p\"\nconnect_timeout_s = 1\n"
    );
    std::fs::write(folder.join("main.toml"), file).unwrap();
    site
}

fn serve(site: &Site) -> Server {
    let folder = format!("sms.routes_folder={}", site.scratch("routes").display());
    let secret = format!("sms.callback_secret={SECRET}");
    let settings = [
        folder.as_str(),
        secret.as_str(),
        "sms.callback_url=http://127.0.0.1:1",
        "sms.quiet_from=00:00",
        "sms.quiet_until=24:00",
        "sms.every_ms=50",
        "sms.retry_s=1",
        "sms.help_text=Acme surveys: call 900 123. STOP ends messages.",
    ];
    site.serve(&settings)
}

fn invite(server: &Server, number: &str) -> Value {
    let body = json!({"service": "Sales", "number": number}).to_string();
    let request = server.http().fresh().request(Method::POST, "/api/v1/invites").body(body);
    block_on(read(request)).unwrap().json()
}

fn invitation() -> Value {
    json!({"text": {"en": "{service}: {link}"}, "consent": "assumed"})
}

/// What a phone sends back, as Kannel hands it over.
fn phone_says(server: &Server, id: &str, text: &str) -> u16 {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("token", SECRET), ("id", id), ("from", MOBILE), ("to", "5001"), ("text", text)])
        .finish();
    let request = server.http().fresh().bare(Method::GET, &format!("/sms/v1/main/callback?{query}"));
    block_on(read(request)).unwrap().status
}

/// The words of all messages that the gateway was asked to take, in order.
fn texts(gateway: &HttpGatewayDouble) -> Vec<String> {
    gateway.asked().iter().map(|asked| asked.query("text").unwrap()).collect()
}

fn until_sent(gateway: &HttpGatewayDouble, count: usize) -> Vec<String> {
    until(&format!("{count} messages are sent"), || gateway.asked().len() >= count);
    texts(gateway)
}

#[test]
fn an_invitation_reaches_the_phone_and_its_link_the_page_and_only_a_hash_is_stored() {
    let gateway = HttpGatewayDouble::always(took());
    let site = site(&invitation(), &gateway.url(), "");
    let server = serve(&site);
    let invited = invite(&server, MOBILE);
    let text = until_sent(&gateway, 1).remove(0);
    let asked = &gateway.asked()[0];
    assert_eq!(asked.query("from").as_deref(), Some("Acme"));
    assert!(asked.query("to").unwrap().ends_with("34600111222"), "{asked:?}");
    let link = text.strip_prefix("Sales: ").unwrap();
    let token = link.rsplit('/').next().unwrap();
    assert_eq!(token.len(), 14, "{link}");

    let stored = Stored::open(&site.database());
    until("it is noted as taken", || {
        stored.count("SELECT COUNT(*) FROM outbox WHERE state = 'accepted'") == 1
    });
    let page = block_on(async { reqwest::get(link).await.unwrap().text().await.unwrap() });
    assert!(page.contains("How was"), "{page}");
    let response = invited["invite_id"].as_str().unwrap();
    assert_eq!(stored.state(response).as_deref(), Some("offered"), "to look at the page begins nothing");

    let receipt = asked.query("dlr-url").unwrap().replace("%d", "1").replace("%A", "");
    let path = receipt.strip_prefix("http://127.0.0.1:1").unwrap();
    let told = block_on(read(server.http().fresh().bare(Method::GET, path))).unwrap();
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(stored.count("SELECT COUNT(*) FROM outbox WHERE state = 'delivered'"), 1);

    for kept in std::fs::read_dir(site.data()).unwrap() {
        let path = kept.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes.windows(token.len()).any(|window| window == token.as_bytes());
            assert!(!holds, "{} holds the token", path.display());
        }
    }
    let log = server.log();
    assert!(!log.contains(token) && !log.contains("600111222"), "{log}");
}

#[test]
fn who_writes_stop_is_told_so_and_gets_nothing_more_until_start() {
    let gateway = HttpGatewayDouble::always(took());
    let site = site(&invitation(), &gateway.url(), "");
    let server = serve(&site);
    invite(&server, MOBILE);
    until_sent(&gateway, 1);
    assert_eq!(phone_says(&server, "1", "Stop. Thank you"), 200);
    assert_eq!(phone_says(&server, "1", "Stop. Thank you"), 200);
    let sent = until_sent(&gateway, 2);
    assert!(sent[1].contains("no more messages"), "{sent:?}");
    assert_eq!(invite(&server, MOBILE)["code"], "opted_out");
    assert_eq!(phone_says(&server, "2", "START"), 200);
    assert!(until_sent(&gateway, 3)[2].contains("again"));
    assert_eq!(invite(&server, MOBILE)["code"], "offered");
    until_sent(&gateway, 4);
    assert_eq!(gateway.asked().len(), 4, "a repetition is answered once");
}

#[test]
fn who_asks_for_help_is_told_who_writes_and_the_survey_goes_on() {
    let gateway = HttpGatewayDouble::always(took());
    let dialogue = json!({"text": {"en": "{question}"}, "consent": "assumed", "way": "dialogue"});
    let site = site(&dialogue, &gateway.url(), "");
    let server = serve(&site);
    invite(&server, MOBILE);
    until_sent(&gateway, 1);
    for _ in 0..2 {
        assert_eq!(phone_says(&server, "1", "Help?"), 200);
    }
    assert_eq!(until_sent(&gateway, 2)[1], "Acme surveys: call 900 123. STOP ends messages.");
    phone_says(&server, "2", "4");
    assert_eq!(until_sent(&gateway, 3)[2], "Was it solved?");
    assert_eq!(gateway.asked().len(), 3, "a repetition is answered once");
}

#[test]
fn a_survey_runs_as_a_dialogue_and_what_comes_twice_answers_once() {
    let gateway = HttpGatewayDouble::always(took());
    let dialogue =
        json!({"text": {"en": "{service} asks: {question}"}, "consent": "assumed", "way": "dialogue"});
    let site = site(&dialogue, &gateway.url(), "");
    let server = serve(&site);
    let invited = invite(&server, MOBILE);
    assert_eq!(until_sent(&gateway, 1)[0], "Sales asks: How was the call? (1-5)");
    phone_says(&server, "1", "seven");
    assert!(until_sent(&gateway, 2)[1].contains("How was the call?"), "it is asked again");
    phone_says(&server, "2", " 5 ");
    assert_eq!(until_sent(&gateway, 3)[2], "Was it solved?");
    // The same once more, as gateways do: it is no answer to the second question.
    phone_says(&server, "2", " 5 ");
    phone_says(&server, "3", "yes");
    assert_eq!(until_sent(&gateway, 4)[3], "Thank you!");
    let stored = Stored::open(&site.database());
    let response = invited["invite_id"].as_str().unwrap();
    assert_eq!(stored.state(response).as_deref(), Some("complete"));
    assert_eq!(gateway.asked().len(), 4);
}

#[test]
fn what_a_gateway_does_not_take_for_now_is_tried_again_and_what_nobody_knows_is_held() {
    let tries = AtomicUsize::new(0);
    let gateway = HttpGatewayDouble::start(move |asked: &Asked| {
        let is_first =
            asked.query("to").unwrap().ends_with("222") && tries.fetch_add(1, Ordering::AcqRel) == 0;
        match asked.query("to").unwrap().chars().last() {
            Some('2') if is_first => Manner::text(503, "Temporal failure, try again later."),
            Some('3') => Manner::Closes,
            Some('4') => Manner::text(403, "Number(s) has/have been denied by white- and/or black-lists."),
            _ => took(),
        }
    });
    let site = site(&invitation(), &gateway.url(), "");
    let server = serve(&site);
    for number in [MOBILE, "+34600111333", "+34600111444"] {
        invite(&server, number);
    }
    let stored = Stored::open(&site.database());
    let count = |state: &str| stored.count(&format!("SELECT COUNT(*) FROM outbox WHERE state = '{state}'"));
    until("each stands where it belongs", || {
        (count("accepted"), count("unknown"), count("refused")) == (1, 1, 1)
    });
    assert_eq!(gateway.asked().len(), 4, "one again, the others once");
    assert_eq!(stored.count("SELECT attempt FROM outbox WHERE state = 'accepted'"), 2);
}

#[test]
fn messages_that_cannot_be_written_for_now_wait_again_and_none_is_forgotten() {
    let gateway = HttpGatewayDouble::always(took());
    let site = site(&invitation(), &gateway.url(), "");
    let server = serve(&site);
    let database = rusqlite::Connection::open(site.database()).unwrap();
    database.busy_timeout(std::time::Duration::from_secs(10)).unwrap();
    let refuses =
        "CREATE TRIGGER no_links BEFORE INSERT ON response_link BEGIN SELECT RAISE(ABORT, 'no links'); END";
    database.execute_batch(refuses).unwrap();
    let numbers: Vec<String> = (0..6).map(|no| format!("+3460011133{no}")).collect();
    for number in &numbers {
        assert_eq!(invite(&server, number)["code"], "offered");
    }
    until("the sender has tried", || server.log().contains("cannot make the link"));
    assert!(gateway.asked().is_empty());
    database.execute_batch("DROP TRIGGER no_links").unwrap();
    until_sent(&gateway, numbers.len());
    let stored = Stored::open(&site.database());
    until("all are noted as taken", || {
        stored.count("SELECT COUNT(*) FROM outbox WHERE state <> 'accepted'") == 0
    });
    assert_eq!(gateway.asked().len(), numbers.len(), "each went out once");
}

#[test]
fn what_was_handed_over_when_the_server_was_killed_is_unknown_and_never_silently_sent_twice() {
    let gateway = HttpGatewayDouble::always(Manner::Silent);
    let site = site(&invitation(), &gateway.url(), "");
    let server = serve(&site);
    invite(&server, MOBILE);
    until_sent(&gateway, 1);
    server.kill();
    let server = serve(&site);
    let stored = Stored::open(&site.database());
    until("it is unknown", || stored.count("SELECT COUNT(*) FROM outbox WHERE state = 'unknown'") == 1);
    assert_eq!(gateway.asked().len(), 1);
    drop(server);
}

#[test]
fn a_planned_stop_sees_what_is_on_its_way_to_its_end_and_the_rest_waits() {
    let gateway = HttpGatewayDouble::always(took());
    let site = site(&invitation(), &gateway.url(), "parts_per_s = 5");
    let mut server = serve(&site);
    for last in 0..30 {
        invite(&server, &format!("+3460011{:04}", 1000 + last));
    }
    until_sent(&gateway, 3);
    assert!(server.stop().success());
    let stored = Stored::open(&site.database());
    let count = |state: &str| stored.count(&format!("SELECT COUNT(*) FROM outbox WHERE state = '{state}'"));
    assert_eq!(count("unknown") + count("submitting") + count("claimed"), 0);
    assert_eq!(count("accepted"), i64::try_from(gateway.asked().len()).unwrap());
    assert_eq!(count("accepted") + count("queued"), 30);
}
