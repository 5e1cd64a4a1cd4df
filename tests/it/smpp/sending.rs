//! What is sent, and what the gateway says to it.

use std::time::Duration;

use aftercall::foundation::smpp::{LongMessages, SmscAlphabet, StatusMeaning};
use futures_util::future::{join, join_all};

use super::*;

#[test]
fn a_text_arrives_as_it_was_written() {
    play("texts", json!({}), as_is, async |stage| {
        let long = format!("{}€{}", "How was it? ".repeat(12), "Please tell us. ".repeat(6));
        let arabic = "كيف كانت تجربتك معنا؟ ".repeat(5);
        for text in ["Héllo €{}~@", "كيف كانت تجربتك؟", "😀 ok"] {
            assert!(matches!(stage.submit(text).await, Verdict::Accepted(ids) if ids.len() == 1));
        }
        for text in [&long, &arabic] {
            let Verdict::Accepted(ids) = stage.submit(text).await else { panic!("not accepted") };
            assert_eq!(ids.len(), 2);
        }
        let seen = stage.smsc.seen().await;
        let submits = seen["submits"].as_array().unwrap();
        let text = |n: usize| submits[n]["text"].as_str().unwrap();
        assert_eq!((text(0), text(1), text(2)), ("Héllo €{}~@", "كيف كانت تجربتك؟", "😀 ok"));
        assert_eq!((&submits[0]["coding"], &submits[1]["coding"]), (&json!(0), &json!(8)));
        assert_eq!(format!("{}{}", text(3), text(4)), long);
        assert_eq!(format!("{}{}", text(5), text(6)), arabic);
        assert_eq!(submits[3]["udh"], json!([[0, 3, 2, 2, 1]]));
        assert_eq!(submits[4]["esm_class"], 0x40);
        for submit in submits {
            assert_eq!((&submit["to"], &submit["destination"]), (&json!(&TO[1..]), &json!([1, 1])));
            assert_eq!((&submit["from"], &submit["source"]), (&json!("12345"), &json!([3, 0])));
            assert_eq!(submit["registered"], 1);
            assert_ne!(submit["validity"], "");
        }
    });
}

#[test]
fn parts_are_told_apart_as_the_route_says() {
    let text = "x".repeat(200);
    for how in [LongMessages::Udh16, LongMessages::Sar, LongMessages::Payload] {
        play(
            "parts",
            json!({}),
            |gateway, _| gateway.long_messages = how,
            async |stage| {
                let Verdict::Accepted(ids) = stage.submit(&text).await else {
                    panic!("{how:?}: not accepted")
                };
                let seen = stage.smsc.seen().await;
                let submits = seen["submits"].as_array().unwrap();
                assert_eq!(ids.len(), submits.len());
                match how {
                    LongMessages::Payload => assert_eq!(submits[0]["payload"], text),
                    LongMessages::Sar => assert_eq!(submits[1]["sar"], json!([0x0102, 2, 2])),
                    _ => assert_eq!(submits[1]["udh"], json!([[8, 4, 1, 2, 2, 2]])),
                }
            },
        );
    }
    let latin = |gateway: &mut SmppGateway, _: &mut SmsRoute| gateway.alphabet = SmscAlphabet::Latin1;
    play("latin", json!({}), latin, async |stage| {
        assert!(matches!(stage.submit("plain {text}").await, Verdict::Accepted(_)));
        assert_eq!(stage.smsc.seen().await["submits"][0]["coding"], 0);
    });
}

#[test]
fn each_status_is_said_as_what_it_means() {
    let statuses = json!({ "statuses": [0x58, 0x14, 0x08, 0x64, 0x0B, 0x01, 0x0D, 0x445] });
    let own = |gateway: &mut SmppGateway, _: &mut SmsRoute| {
        gateway.statuses = vec![(0x445, StatusMeaning::OptedOut)];
    };
    play("statuses", statuses, own, async |stage| {
        let mut verdicts = Vec::new();
        for _ in 0..8 {
            verdicts.push(stage.submit("hi").await);
        }
        assert!(
            verdicts[..2].iter().all(|verdict| matches!(verdict, Verdict::Throttled { .. })),
            "{verdicts:?}"
        );
        assert!(
            verdicts[2..4].iter().all(|verdict| matches!(verdict, Verdict::NotNow { .. })),
            "{verdicts:?}"
        );
        let refused = |verdict: &Verdict| matches!(verdict, Verdict::Refused { opted_out: false, .. });
        assert!(verdicts[4..6].iter().all(refused), "{verdicts:?}");
        assert!(matches!(verdicts[6], Verdict::RouteDown { .. }), "{verdicts:?}");
        assert!(matches!(verdicts[7], Verdict::Refused { opted_out: true, .. }), "{verdicts:?}");
        stage.smsc.manners(json!({ "answer": "empty" })).await;
        assert_eq!(stage.submit("hi").await, Verdict::Accepted(Vec::new()), "taken, without an id");
    });
}

#[test]
fn a_gateway_that_takes_so_many_a_second_says_so_of_the_rest() {
    play("throttle", json!({ "per_second": 5 }), as_is, async |stage| {
        let verdicts = join_all((0..30).map(|n| stage.link.submit(message("hi", n)))).await;
        let taken = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Accepted(_))).count();
        let throttled =
            verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Throttled { .. })).count();
        assert_eq!(taken + throttled, 30);
        // Within two seconds of the gateway's clock at most.
        assert!((5..=10).contains(&taken), "{taken}");
    });
}

#[test]
fn of_a_message_that_is_refused_nothing_more_is_sent() {
    play("parts refused", json!({ "statuses": [0x0B] }), as_is, async |stage| {
        let long = "x".repeat(400);
        assert!(matches!(stage.submit(&long).await, Verdict::Refused { .. }));
        assert_eq!(stage.smsc.seen().await["submits"].as_array().unwrap().len(), 1);
        stage.smsc.manners(json!({ "statuses": [0, 0x58] })).await;
        let Verdict::Accepted(ids) = stage.submit(&long).await else { panic!("half a message is left") };
        assert_eq!(ids.len(), 3);
        let seen = stage.smsc.seen().await;
        let by_part = |part: u64| {
            let of = |submit: &&Value| submit["udh"][0][4] == part && submit["status"] == 0;
            seen["submits"].as_array().unwrap().iter().find(of).unwrap()["id"].clone()
        };
        assert_eq!(
            json!(ids),
            json!([by_part(1), by_part(2), by_part(3)]),
            "the ids are in the order of the parts"
        );
        stage.smsc.manners(json!({ "statuses": [0, 0x0B] })).await;
        let verdict = stage.submit(&long).await;
        assert!(matches!(&verdict, Verdict::Unknown { why } if why.contains("of part 2")), "{verdict:?}");
    });
}

#[test]
fn answers_in_another_order_are_each_taken_for_their_message() {
    play("order", json!({ "answer": "hold" }), as_is, async |stage| {
        let messages = join_all((0..5).map(|n| stage.link.submit(message(&format!("number {n}"), n))));
        let gateway = async {
            stage.sees("all are held", |seen| seen["held"] == 5).await;
            stage.smsc.tell("release", json!({ "order": "reverse" })).await
        };
        let (verdicts, _) = join(messages, gateway).await;
        let seen = stage.smsc.seen().await;
        for (n, verdict) in verdicts.iter().enumerate() {
            let Verdict::Accepted(ids) = verdict else { panic!("{verdict:?}") };
            let text = format!("number {n}");
            let submit =
                seen["submits"].as_array().unwrap().iter().find(|submit| submit["text"] == text).unwrap();
            assert_eq!(submit["id"], ids[0]);
        }
    });
}

#[test]
fn no_more_are_under_way_than_the_window_has_room_for() {
    let narrow = |_: &mut SmppGateway, route: &mut SmsRoute| route.window = 2;
    play("window", json!({ "answer": "hold" }), narrow, async |stage| {
        let messages = join_all((0..6).map(|n| stage.link.submit(message("hi", n))));
        let gateway = async {
            for round in 1..=3 {
                stage.sees("two are held", |seen| seen["held"] == 2).await;
                assert_eq!(stage.link.state().sent, round * 2);
                stage.smsc.tell("release", json!({})).await;
            }
        };
        let (verdicts, ()) = join(messages, gateway).await;
        assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))), "{verdicts:?}");
    });
}

#[test]
fn what_is_answered_too_late_is_unknown_and_told_of_when_it_comes() {
    let hasty = |_: &mut SmppGateway, route: &mut SmsRoute| route.timeout = Duration::from_millis(400);
    play("late", json!({ "answer": "hold" }), hasty, async |stage| {
        stage.up().await;
        let verdict = stage.link.submit(message("first", 7)).await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
        stage.smsc.manners(json!({ "answer": "normal" })).await;
        // The answer to the first comes while the second is under way, and is nobody else's.
        let second = stage.link.submit(message("second", 8));
        let (second, seen) = join(second, stage.smsc.tell("release", json!({}))).await;
        let Verdict::Accepted(ids) = second else { panic!("{second:?}") };
        let came = stage.came(1).await;
        let Inbound::Accepted { key, ids: late } = &came[0] else { panic!("{came:?}") };
        assert_eq!(key, &message("first", 7).key);
        assert_ne!(late, &ids);
        assert_eq!(late.len(), 1);
        assert_eq!(stage.link.state().unanswered, 1);
        assert!(!seen["submits"].as_array().unwrap().is_empty());
    });
}

#[test]
fn a_message_that_nobody_waits_for_any_more_is_not_sent() {
    let narrow = |_: &mut SmppGateway, route: &mut SmsRoute| route.window = 1;
    play("dropped", json!({ "answer": "hold" }), narrow, async |stage| {
        stage.up().await;
        let first = stage.link.submit(message("first", 1));
        let rest = async {
            stage.sees("the first is held", |seen| seen["held"] == 1).await;
            // Given up while it waits for the window.
            let second = stage.link.submit(message("second", 2));
            assert!(tokio::time::timeout(Duration::from_millis(50), second).await.is_err());
            stage.smsc.manners(json!({ "answer": "normal" })).await;
            stage.smsc.tell("release", json!({})).await;
        };
        let (first, ()) = join(first, rest).await;
        assert!(matches!(first, Verdict::Accepted(_)));
        assert!(matches!(stage.submit("third").await, Verdict::Accepted(_)));
        let seen = stage.smsc.seen().await;
        let texts: Vec<_> =
            seen["submits"].as_array().unwrap().iter().map(|submit| &submit["text"]).collect();
        assert_eq!(texts, ["first", "third"]);
    });
}

#[test]
fn a_line_that_breaks_leaves_what_was_under_way_unknown_and_nothing_else() {
    play("drop", json!({ "drop_after": 10 }), as_is, async |stage| {
        stage.up().await;
        let verdicts = join_all((0..15).map(|n| stage.link.submit(message("hi", n)))).await;
        let unknown = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Unknown { .. })).count();
        let again = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::NotNow { .. })).count();
        assert_eq!((unknown, again), (10, 5), "{verdicts:?}");
        stage.smsc.manners(json!({ "drop_after": 0 })).await;
        stage.up().await;
        assert!(matches!(stage.submit("hi").await, Verdict::Accepted(_)));
    });
}
