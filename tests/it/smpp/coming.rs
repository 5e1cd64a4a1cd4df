//! What comes from the gateway by itself.

use std::fmt::Write;

use aftercall::domain::sms::receipt_ids;
use aftercall::outbound::sms::ReceiptState;
use futures_util::future::join_all;

use super::*;

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::new(), |mut text, octet| {
        write!(text, "{octet:02x}").unwrap();
        text
    })
}

/// A delivery from a phone.
fn delivery(octets: &[u8], coding: u8, esm_class: u8) -> Value {
    json!({
        "source_addr": "447700900555", "destination_addr": "12345", "octets_hex": hex(octets),
        "data_coding": coding, "esm_class": esm_class,
    })
}

fn texts(came: &[Inbound]) -> Vec<&str> {
    let mut texts = Vec::new();
    for inbound in came {
        let Inbound::Message { text, .. } = inbound else { panic!("{inbound:?}") };
        texts.push(text.as_str());
    }
    texts
}

#[test]
fn every_receipt_finds_its_message_in_whatever_form_and_order_it_comes() {
    for (receipts, id_form, receipt_form) in [
        ("after", "plain", "plain"),
        ("before", "plain", "padded"),
        ("twice", "hex", "plain"),
        ("before", "upper", "hex"),
        ("after", "padded", "upper"),
    ] {
        let manners = json!({ "receipts": receipts, "id_form": id_form, "receipt_form": receipt_form });
        play("receipts", manners, as_is, async |stage| {
            let verdicts = join_all((0..20).map(|n| stage.link.submit(message("hi", n)))).await;
            let many = if receipts == "twice" { 40 } else { 20 };
            let came = stage.came(many).await;
            stage.sees("all are answered", |seen| seen["responses"].as_array().unwrap().len() == many).await;
            for verdict in verdicts {
                let Verdict::Accepted(ids) = verdict else { panic!("{verdict:?}") };
                let found = came.iter().filter(|inbound| {
                    matches!(inbound, Inbound::Receipt { id, state: ReceiptState::Delivered, detail, .. }
                        if receipt_ids(id).contains(&ids[0]) && detail == "DELIVRD 000")
                });
                assert_eq!(found.count(), many / 20, "{receipts} {id_form} {receipt_form}: {ids:?}");
            }
        });
    }
}

#[test]
fn what_is_not_stored_is_asked_for_again() {
    play("not stored", json!({}), as_is, async |stage| {
        stage.up().await;
        stage.stores.set(false);
        stage.smsc.tell("deliver", delivery(b"STOP", 3, 0)).await;
        let seen =
            stage.sees("it is answered", |seen| seen["responses"].as_array().unwrap().len() == 1).await;
        assert_eq!(seen["responses"][0], json!({ "command": "deliver_sm_resp", "status": 0x64 }));
        stage.stores.set(true);
        stage.smsc.tell("deliver", delivery(b"STOP", 3, 0)).await;
        let seen =
            stage.sees("it is answered", |seen| seen["responses"].as_array().unwrap().len() == 2).await;
        assert_eq!(seen["responses"][1], json!({ "command": "deliver_sm_resp", "status": 0 }));
        assert_eq!(texts(&stage.came(2).await), ["STOP", "STOP"]);
    });
}

#[test]
fn a_message_from_a_phone_is_read_in_every_coding() {
    play("codings", json!({}), as_is, async |stage| {
        stage.up().await;
        stage.smsc.tell("deliver", delivery(&[0x00, 0x05, 0x1B, 0x65], 0, 0)).await;
        stage.smsc.tell("deliver", delivery(b"five", 1, 0)).await;
        stage.smsc.tell("deliver", delivery(&[0xE9], 3, 0)).await;
        stage.smsc.tell("deliver", delivery(&[0x06, 0x45, 0xD8, 0x3D, 0xDE, 0x00], 8, 0)).await;
        let mut long = delivery(b"", 3, 0);
        long["payload_hex"] = json!(hex("long ".repeat(60).as_bytes()));
        stage.smsc.tell("deliver", long).await;
        let came = stage.came(5).await;
        assert_eq!(texts(&came), ["@é€", "five", "é", "م😀", "long ".repeat(60).as_str()]);
        let Inbound::Message { from, to, .. } = &came[0] else { panic!("{came:?}") };
        assert_eq!((from.as_str(), to.as_str()), ("447700900555", "12345"));
    });
}

#[test]
fn the_parts_of_a_message_from_a_phone_come_as_one() {
    play("joined", json!({}), as_is, async |stage| {
        stage.up().await;
        for (number, text) in [(2, "b"), (3, "c"), (1, "a")] {
            let octets = [&[5, 0, 3, 9, 3, number], text.as_bytes()].concat();
            stage.smsc.tell("deliver", delivery(&octets, 0, 0x40)).await;
        }
        assert_eq!(texts(&stage.came(1).await), ["abc"]);
        let seen =
            stage.sees("all are answered", |seen| seen["responses"].as_array().unwrap().len() == 3).await;
        assert!(seen["responses"].as_array().unwrap().iter().all(|response| response["status"] == 0));
    });
}
