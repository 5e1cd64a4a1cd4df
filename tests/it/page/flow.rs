//! A customer's way through a survey: forward, back, twice, late, and on two devices.

use serde_json::json;

use super::{answer, ask, asked, leads_to, link, path_of, site, stored};
use crate::support::person::Person;
use crate::support::until;

#[test]
fn a_customer_is_asked_one_question_after_another_and_thanked() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    let first = customer.get(&path);
    assert_eq!((first.status, asked(&first)), (200, ""), "it begins with what it is about");
    assert!(first.body.contains("<h1>Your chat with us</h1>") && first.body.contains("At most 5 questions"));
    for _ in 0..3 {
        customer.get(&format!("{path}?go=1"));
    }
    assert_eq!(stored(&site, &told), ("offered".into(), vec![]), "looking begins nothing");
    assert!(first.body.contains(r#"href="?q=csat""#), "{}", first.body);
    let page = customer.get(&format!("{path}?q=csat"));
    assert_eq!(asked(&page), "csat");
    assert!(page.body.contains("Question 1 of at most 5"), "{}", page.body);
    assert!(page.body.contains("1: very dissatisfied") && page.body.contains("5: very satisfied"));
    for (question, value, next) in
        [("csat", "4", "topic"), ("topic", "bill", "solved"), ("solved", "0", "why")]
    {
        assert_eq!(asked(&answer(&mut customer, &path, question, value)), next);
    }
    let skipped = customer.form(&path, &[("question", "why"), ("value", "not sent"), ("act", "skip")]);
    let last = customer.get(&leads_to(&path, &skipped));
    assert_eq!(asked(&last), "recommend");
    assert!(last.body.contains("Last question") && last.body.contains(">Send</button>"), "{}", last.body);
    let thanks = answer(&mut customer, &path, "recommend", "10");
    assert!(
        thanks.body.contains("<h1>Thank you</h1>") && thanks.body.contains("Your answers help us do better.")
    );
    let answers = ["csat=4", "recommend=10", "solved=0", "topic=bill", "why=skipped"].map(str::to_owned);
    assert_eq!(stored(&site, &told), ("complete".into(), answers.to_vec()));
    let later = customer.get(&path);
    assert!(later.status == 200 && later.body.contains("You have answered this survey already"), "{later:?}");
}

#[test]
fn what_is_sent_twice_is_stored_once_and_leads_on() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let portal = server.portal();
    let taps: Vec<_> = (0..8)
        .map(|_| {
            let (portal, path) = (portal.clone(), path.clone());
            std::thread::spawn(move || {
                Person::at(&portal).form(&path, &[("question", "csat"), ("value", "3"), ("act", "next")])
            })
        })
        .collect();
    let mut customer = Person::at(&portal);
    for tap in taps {
        let reply = tap.join().unwrap();
        assert_eq!(asked(&customer.get(&leads_to(&path, &reply))), "topic");
    }
    assert_eq!(stored(&site, &told), ("in_progress".into(), vec!["csat=3".into()]));
    assert_eq!(asked(&customer.get(&path)), "topic", "the link leads to where the customer is");
}

#[test]
fn the_last_answer_can_be_corrected_and_those_before_it_are_shown() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    answer(&mut customer, &path, "csat", "1");
    let page = answer(&mut customer, &path, "topic", "order");
    assert!(page.body.contains(r#"href="?q=topic""#), "there is a way back: {}", page.body);
    let back = customer.get(&format!("{path}?q=topic"));
    assert_eq!(asked(&back), "topic");
    assert!(back.body.contains(r#"value="order" checked"#), "{}", back.body);
    assert_eq!(asked(&answer(&mut customer, &path, "topic", "other")), "solved", "a correction");
    let first = customer.get(&format!("{path}?q=csat"));
    assert!(asked(&first).is_empty() && first.body.contains("<strong>1</strong>"), "{}", first.body);
    let late = customer.form(&path, &[("question", "csat"), ("value", "5"), ("act", "next")]);
    let told_so = customer.get(&leads_to(&path, &late));
    assert!(asked(&told_so) == "solved" && told_so.body.contains("that answer is kept"), "{}", told_so.body);
    assert_eq!(stored(&site, &told).1, ["csat=1", "topic=other"]);
}

#[test]
fn on_two_devices_the_second_is_led_to_where_the_survey_is() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let (mut phone, mut desk) = (Person::at(&server.portal()), Person::at(&server.portal()));
    assert_eq!(asked(&desk.get(&format!("{path}?go=1"))), "csat");
    answer(&mut phone, &path, "csat", "2");
    answer(&mut phone, &path, "topic", "bill");
    // The other one still shows the first question; then one that the phone is not at.
    let page = answer(&mut desk, &path, "csat", "5");
    assert!(asked(&page) == "solved" && page.body.contains("that answer is kept"), "{}", page.body);
    let page = answer(&mut desk, &path, "recommend", "9");
    assert!(asked(&page) == "solved" && page.body.contains("has gone on meanwhile"), "{}", page.body);
    assert_eq!(stored(&site, &told).1, ["csat=2", "topic=bill"]);
    answer(&mut phone, &path, "solved", "1");
    answer(&mut phone, &path, "recommend", "9");
    let over = answer(&mut desk, &path, "solved", "0");
    assert!(over.body.contains("<h1>Thank you</h1>"), "{}", over.body);
    assert_eq!(stored(&site, &told).1, ["csat=2", "recommend=9", "solved=1", "topic=bill"]);
}

#[test]
fn two_nodes_serve_one_customer() {
    let site = site();
    let server = site.serve(&[]);
    let beside = site.beside();
    let other = beside.serve(&[]);
    let (told, path) = link(&server);
    let (mut here, mut there) = (Person::at(&server.portal()), Person::at(&other.portal()));
    assert_eq!(asked(&answer(&mut here, &path, "csat", "5")), "topic");
    assert_eq!(asked(&there.get(&path)), "topic");
    assert_eq!(asked(&answer(&mut there, &path, "topic", "bill")), "solved");
    assert_eq!(asked(&here.get(&path)), "solved", "it sees what the other node stored");
    assert_eq!(stored(&site, &told).1, ["csat=5", "topic=bill"]);
}

#[test]
fn what_cannot_be_taken_is_said_at_the_question_and_nothing_is_lost() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    let none = customer.form(&path, &[("question", "csat"), ("act", "next")]);
    assert_eq!((none.status, asked(&none)), (422, "csat"));
    assert!(none.body.contains("Please choose an answer") && none.body.contains("<title>Not sent yet"));
    let wrong = customer.form(&path, &[("question", "csat"), ("value", "6"), ("act", "next")]);
    assert_eq!((wrong.status, asked(&wrong)), (422, "csat"));
    let forced = customer.form(&path, &[("question", "csat"), ("act", "skip")]);
    assert_eq!(
        (forced.status, asked(&forced)),
        (422, "csat"),
        "a question that needs an answer is not skipped"
    );
    for (question, value) in [("csat", "4"), ("topic", "bill"), ("solved", "0")] {
        answer(&mut customer, &path, question, value);
    }
    let long = "<b>é".repeat(126);
    let refused = customer.form(&path, &[("question", "why"), ("value", &*long), ("act", "next")]);
    assert_eq!((refused.status, asked(&refused)), (422, "why"));
    assert!(refused.body.contains("Your answer has 504 characters. Please shorten it to 500."));
    assert!(refused.body.contains("&#60;b&#62;é") && !refused.body.contains("<b>"), "{}", refused.body);
    let lines = customer.form(&path, &[("question", "why"), ("value", "one\r\ntwo"), ("act", "next")]);
    assert_eq!(asked(&customer.get(&leads_to(&path, &lines))), "recommend");
    assert!(stored(&site, &told).1.contains(&"why=one\ntwo".to_owned()));
}

#[test]
fn who_wants_no_survey_says_so_once() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    let declined = customer.form(&path, &[("act", "decline")]);
    let page = customer.get(&leads_to(&path, &declined));
    assert!(page.body.contains("Thank you all the same"), "{}", page.body);
    assert_eq!(stored(&site, &told), ("declined".into(), vec![]));
    let again = customer.form(&path, &[("question", "csat"), ("value", "1"), ("act", "next")]);
    assert_eq!(again.status, 303, "late answers are taken for a while, as on every channel: {again:?}");
}

#[test]
fn the_language_can_be_changed_on_the_way_and_is_written_as_it_runs() {
    let site = site();
    let server = site.serve(&[]);
    let told = ask(&server, &json!({"service": "Website", "lang": "ar-EG"})).json();
    let path = path_of(&told);
    let mut customer = Person::at(&server.portal());
    let page = customer.get(&format!("{path}?go=1"));
    assert!(page.body.contains(r#"<html lang="ar" dir="rtl">"#), "{}", page.body);
    assert!(page.body.contains(r#"<div class="c5" dir="rtl">"#), "{}", page.body);
    assert!(page.body.contains(r#"href="?go=1&#38;lang=es" lang="es""#), "{}", page.body);
    let page = customer.get(&format!("{path}?go=1&lang=es"));
    assert!(page.body.contains(r#"<html lang="es" dir="ltr">"#) && page.body.contains("Siguiente"));
    let sent = customer.form(&format!("{path}?lang=es"), &[("question", "csat"), ("value", "3")]);
    assert_eq!(sent.header("location"), "?q=topic&lang=es", "the language goes along");
}

#[test]
fn choices_stand_in_one_order_for_a_customer_and_in_several_for_many() {
    let site = site();
    let server = site.serve(&[]);
    let mut customer = Person::at(&server.portal());
    let mut seen = std::collections::BTreeSet::new();
    until("there are several orders", || {
        let (_, path) = link(&server);
        answer(&mut customer, &path, "csat", "4");
        let order = |page: String| {
            let values =
                page.split(r#"name="value" value=""#).skip(1).map(|rest| rest.split('"').next().unwrap());
            values.collect::<Vec<_>>().join(" ")
        };
        let first = order(customer.get(&path).body);
        assert_eq!(order(customer.get(&path).body), first);
        seen.insert(first);
        seen.len() > 2
    });
}
