//! The real Kannel: what arrives, what is told of it, what phones send, and what a Kannel means that is gone.

use aftercall::foundation::{HttpGateway, SmsRoute};
use aftercall::outbound::sms::http::{Callback, read_callback};
use aftercall::outbound::sms::{Inbound, ReceiptState, Verdict};
use futures_util::future::join_all;

use super::{KEY, NUMBER, SECRET, link_of, message, route_at};
use crate::support::gateway::{HttpGatewayDouble, Manner};
use crate::support::kannel::{Got, Kannel};
use crate::support::{block_on, until};

/// The route to a Kannel, and where it calls back.
fn kannel_route(kannel: &Kannel, calls: &HttpGatewayDouble, more: &str) -> (SmsRoute, HttpGateway) {
    let text = format!(
        "window = 8\ntimeout_s = 4\n[senders]\n\"+\" = \"Acme\"\n[http]\npreset = \"kannel\"\nurl = \"{}\"\nusername = \"tester\"\n\
         connect_timeout_s = 1\n{more}",
        kannel.url()
    );
    route_at(&calls.url(), &text)
}

const LOGIN: &str = "password = \"pass word&\"\n";

/// What came back, as this server would read it.
fn heard(calls: &HttpGatewayDouble, gateway: &HttpGateway) -> Vec<Inbound> {
    let asked = calls.asked();
    let read = asked.iter().map(|asked| {
        let (path, query) = asked.target.split_once('?').unwrap();
        assert_eq!(path, "/sms/v1/one/callback");
        read_callback(&Callback { query, headers: &[], body: b"" }, gateway, "one").unwrap()
    });
    read.flatten().collect()
}

/// Where phones' messages go.
fn incoming(calls: &HttpGatewayDouble) -> String {
    format!("{}/sms/v1/one/callback?token={SECRET}", calls.url())
}

#[test]
fn texts_arrive_as_they_were_written_and_each_receipt_is_of_its_message() {
    let test = "texts_arrive_as_they_were_written_and_each_receipt_is_of_its_message";
    let calls = HttpGatewayDouble::always(Manner::text(200, ""));
    let Some(mut kannel) = Kannel::start(test, &incoming(&calls)) else { return };
    kannel.phones("+34600999888 5001 text STOP now");
    let (route, gateway) = kannel_route(&kannel, &calls, LOGIN);
    let link = link_of((route, gateway.clone()));
    let texts = [
        "Plain & simple: 100% + 1 = #1",
        "{€} [x] ~ ^ | \\ ñü£",
        "مرحبا، كيف كانت المكالمة؟ https://s.example/s/a",
        "Thanks 🙂",
    ];
    for text in texts {
        assert_eq!(block_on(link.submit(message(text))), Verdict::Accepted(vec![KEY.to_owned()]), "{text}");
    }
    until("all arrived", || kannel.count() == texts.len());
    for (got, text) in kannel.got().iter().zip(texts) {
        let expected =
            Got { from: "Acme".to_owned(), to: NUMBER.to_owned(), udh: Vec::new(), text: text.to_owned() };
        assert_eq!(*got, expected);
    }
    until("receipts and the phone's message came", || calls.asked().len() == texts.len() + 1);
    let heard = heard(&calls, &gateway);
    let receipts = heard.iter().filter(|inbound| {
        matches!(inbound, Inbound::Receipt { id, key: Some(key), state: ReceiptState::Delivered, .. } if key == KEY && id == KEY)
    });
    assert_eq!(receipts.count(), texts.len(), "{heard:?}");
    let messages: Vec<_> =
        heard.iter().filter(|inbound| matches!(inbound, Inbound::Message { .. })).collect();
    let [Inbound::Message { id, from, to, text }] = messages[..] else { panic!("{heard:?}") };
    assert!(!id.is_empty());
    assert_eq!((from.as_str(), to.as_str(), text.as_str()), ("+34600999888", "5001", "STOP now"));
}

#[test]
fn long_texts_arrive_in_parts_that_split_no_character_and_each_part_is_told_of() {
    let test = "long_texts_arrive_in_parts_that_split_no_character_and_each_part_is_told_of";
    let calls = HttpGatewayDouble::always(Manner::text(200, ""));
    let Some(mut kannel) = Kannel::start(test, &incoming(&calls)) else { return };
    kannel.phones("100 200 text nop");
    let (route, gateway) = kannel_route(&kannel, &calls, LOGIN);
    let link = link_of((route, gateway.clone()));
    // A pair of UTF-16 at the end of the first part, where Kannel by itself splits it, and an escape there in GSM 03.38.
    let texts =
        [format!("{}🙂 and more", "ق".repeat(66)), format!("{}€ and more", "x".repeat(152) + "123456789")];
    let mut told = 0;
    for text in &texts {
        let before = kannel.count();
        let verdict = block_on(link.submit(message(text)));
        let ids: Vec<String> = (1..=2).map(|part| format!("{KEY}-{part}")).collect();
        assert_eq!(verdict, Verdict::Accepted(ids.clone()));
        until("both parts arrived", || kannel.count() == before + 2);
        let parts = kannel.got().split_off(before);
        let joined: String = parts.iter().map(|part| part.text.as_str()).collect();
        assert_eq!(joined, *text);
        assert_eq!(parts[0].udh, [5, 0, 3, 2, 2, 1]);
        assert_eq!(parts[1].udh, [5, 0, 3, 2, 2, 2]);
        assert!(!joined.contains('\u{FFFD}'));
        told += 2;
        until("both are told of", || calls.asked().len() > told);
        let heard = heard(&calls, &gateway);
        for part in &ids {
            let is_told = |inbound: &Inbound| matches!(inbound, Inbound::Receipt { id, key: Some(key), .. } if id == part && key == KEY);
            assert!(heard.iter().any(is_told), "{part}: {heard:?}");
        }
    }
}

#[test]
fn a_wrong_password_stops_the_route_and_a_recipient_kannel_will_not_have_only_the_message() {
    let test = "a_wrong_password_stops_the_route_and_a_recipient_kannel_will_not_have_only_the_message";
    let calls = HttpGatewayDouble::always(Manner::text(200, ""));
    let Some(kannel) = Kannel::start(test, &incoming(&calls)) else { return };
    let wrong = link_of(kannel_route(&kannel, &calls, "password = \"hunter2-hunter2\"\n"));
    let verdict = block_on(wrong.submit(message("Hello")));
    let why = "the gateway says 403: Authorization failed for sendsms".to_owned();
    assert_eq!(verdict, Verdict::RouteDown { why });
    let link = link_of(kannel_route(&kannel, &calls, LOGIN));
    let mut nobody = message("Hello");
    "nobody".clone_into(&mut nobody.to);
    let verdict = block_on(link.submit(nobody));
    assert!(matches!(verdict, Verdict::Refused { opted_out: false, .. }), "{verdict:?}");
    // The phones are away: it is kept there for later, and that is as good as taken.
    assert!(matches!(block_on(link.submit(message("Hello"))), Verdict::Accepted(_)));
}

#[test]
fn a_kannel_that_goes_away_leaves_what_it_was_given_unknown_and_takes_nothing_new() {
    let test = "a_kannel_that_goes_away_leaves_what_it_was_given_unknown_and_takes_nothing_new";
    let calls = HttpGatewayDouble::always(Manner::text(200, ""));
    let Some(mut kannel) = Kannel::start(test, &incoming(&calls)) else { return };
    let link = link_of(kannel_route(&kannel, &calls, LOGIN));
    block_on(async {
        let taken = join_all((0..8).map(|_| link.submit(message("Before")))).await;
        assert!(taken.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))), "{taken:?}");
        kannel.freeze_smsbox();
        let silent = link.submit(message("Meanwhile")).await;
        assert!(matches!(silent, Verdict::Unknown { .. }), "{silent:?}");
        // On its way while the program ends.
        let broken = async {
            let submit = link.submit(message("At the end"));
            let kill = async {
                until("it is under way", || link.state().under_way == 1);
                kannel.kill_smsbox();
            };
            tokio::join!(submit, kill).0
        };
        let broken = broken.await;
        assert!(matches!(broken, Verdict::Unknown { .. }), "{broken:?}");
        let after = link.submit(message("After")).await;
        assert!(matches!(after, Verdict::NotNow { .. }), "{after:?}");
    });
}
