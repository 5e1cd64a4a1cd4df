//! The line: how it is opened and kept up, and all that can answer at its other end.

use std::io::Write;
use std::net::TcpListener;
use std::sync::Mutex;

use aftercall::foundation::smpp::{SmppBind, SmppTls};
use tracing_subscriber::fmt::MakeWriter;

use super::super::support::SOON;
use super::*;

#[test]
fn the_gateway_is_told_who_binds_and_by_which_version() {
    let typed = |gateway: &mut SmppGateway, _: &mut SmsRoute| gateway.system_type = "VMS".to_owned();
    play("bind", json!({}), typed, async |stage| {
        stage.up().await;
        let state = stage.link.state();
        assert_eq!((state.address.unwrap().port(), state.connected), (stage.smsc.port, 1));
        let expected = json!([{
            "kind": "bind_transceiver", "system_id": "aftercall", "password": PASSWORD, "system_type": "VMS",
            "interface_version": 0x34,
        }]);
        assert_eq!(stage.smsc.seen().await["binds"], expected);
    });
    for (bind, kinds) in [
        (SmppBind::Split, ["bind_receiver", "bind_transmitter"].as_slice()),
        (SmppBind::Transmitter, &["bind_transmitter"]),
        (SmppBind::Receiver, &["bind_receiver"]),
    ] {
        play(
            "binds",
            json!({ "receipts": "after" }),
            |gateway, _| gateway.bind = bind,
            async |stage| {
                let all_bound = |seen: &Value| seen["binds"].as_array().unwrap().len() == kinds.len();
                let seen = stage.sees("all sessions are bound", all_bound).await;
                let mut bound: Vec<_> =
                    seen["binds"].as_array().unwrap().iter().map(|bind| &bind["kind"]).collect();
                bound.sort_by_key(ToString::to_string);
                assert_eq!(bound, kinds);
                stage.up().await;
                let verdict = stage.submit("hi").await;
                match bind {
                    SmppBind::Receiver => assert!(matches!(verdict, Verdict::RouteDown { .. })),
                    _ => assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}"),
                }
                if bind == SmppBind::Split {
                    assert!(matches!(stage.came(1).await[0], Inbound::Receipt { .. }));
                }
            },
        );
    }
}

#[test]
fn a_refused_login_takes_the_route_down_until_it_is_mended() {
    play("refused", json!({ "bind_status": 0x0E }), as_is, async |stage| {
        let down = async || matches!(stage.link.line(), LineState::Down(why) if why.contains("password"));
        until_then("the route is down", down).await;
        let verdict = stage.submit("hi").await;
        assert!(matches!(&verdict, Verdict::RouteDown { why } if why.contains("0xe")), "{verdict:?}");
        // Somebody else is still bound by this login: that passes.
        stage.smsc.manners(json!({ "bind_status": 5 })).await;
        until_then("it waits", async || matches!(stage.link.line(), LineState::Waiting(_))).await;
        assert!(matches!(stage.submit("hi").await, Verdict::NotNow { .. }));
        stage.smsc.manners(json!({ "bind_status": 0 })).await;
        stage.up().await;
        assert!(matches!(stage.submit("hi").await, Verdict::Accepted(_)));
    });
}

#[test]
fn both_sides_are_asked_whether_they_are_there_and_a_silent_one_is_left() {
    let quick = |gateway: &mut SmppGateway, _: &mut SmsRoute| {
        gateway.enquire_link = Duration::from_millis(50);
        gateway.inactivity = Duration::from_millis(300);
    };
    play("enquire", json!({}), quick, async |stage| {
        stage.up().await;
        stage.sees("it is asked", |seen| seen["enquiries"].as_u64() > Some(3)).await;
        stage.smsc.tell("enquire", json!({})).await;
        stage.sees("it is answered", |seen| seen["enquire_answers"] == 1).await;
        assert_eq!(stage.link.state().connected, 1);
        stage.smsc.manners(json!({ "enquire_silent": true })).await;
        stage.sees("a new line", |seen| seen["lines"].as_u64() > Some(1)).await;
    });
}

#[test]
fn goodbyes_are_said_and_answered() {
    play("unbind", json!({}), as_is, async |stage| {
        stage.up().await;
        stage.smsc.tell("unbind", json!({})).await;
        stage.sees("it is answered", |seen| seen["unbind_responses"] == 1).await;
        stage.sees("a new line", |seen| seen["binds"].as_array().unwrap().len() == 2).await;
        stage.up().await;
        stage.link.close(SOON).await;
        assert_eq!(stage.smsc.seen().await["unbinds"], 1);
        assert!(matches!(stage.submit("hi").await, Verdict::NotNow { .. }));
        assert_ne!(stage.link.line(), LineState::Up);
    });
}

#[test]
fn a_link_that_is_closed_waits_for_what_is_under_way() {
    play("closing", json!({ "answer": "hold" }), as_is, async |stage| {
        stage.up().await;
        let under_way = stage.link.submit(message("hi", 1));
        let closing = async {
            stage.sees("it is held", |seen| seen["held"] == 1).await;
            let release = async {
                assert!(matches!(stage.submit("more").await, Verdict::NotNow { .. }));
                stage.smsc.tell("release", json!({})).await;
            };
            futures_util::future::join(stage.link.close(SOON), release).await;
        };
        let (verdict, ()) = futures_util::future::join(under_way, closing).await;
        assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
        assert_eq!(stage.smsc.seen().await["unbinds"], 1);
    });
    play("closing, unanswered", json!({ "answer": "never" }), as_is, async |stage| {
        stage.up().await;
        let under_way = stage.link.submit(message("hi", 1));
        let closing = async {
            stage.sees("it came", |seen| seen["submits"].as_array().unwrap().len() == 1).await;
            stage.link.close(Duration::from_millis(100)).await;
        };
        let (verdict, ()) = futures_util::future::join(under_way, closing).await;
        assert!(matches!(verdict, Verdict::Unknown { .. }), "{verdict:?}");
    });
}

#[test]
fn what_nobody_can_read_is_said_to_be_so_and_the_line_lives() {
    play("garbage", json!({}), as_is, async |stage| {
        stage.up().await;
        // A request that nobody knows; a delivery that ends in the middle; an answer to nothing.
        stage.smsc.tell("raw", json!({ "hex": "000000100000099900000000000000aa" })).await;
        stage.smsc.tell("raw", json!({ "hex": "000000140000000500000000000000bb01020304" })).await;
        stage.smsc.tell("raw", json!({ "hex": "00000010800000040000000000007777" })).await;
        let seen = stage.sees("both are refused", |seen| seen["nacks"].as_array().unwrap().len() == 2).await;
        assert_eq!(
            seen["nacks"],
            json!([{ "sequence": 0xaa, "status": 3 }, { "sequence": 0xbb, "status": 2 }])
        );
        assert!(matches!(stage.submit("hi").await, Verdict::Accepted(_)));
        assert_eq!((stage.link.state().connected, stage.link.state().garbled), (1, 3));
        // What is no message at all ends the line, for nobody knows where the next one begins.
        stage.smsc.tell("raw", json!({ "hex": "ffffffffffffffff" })).await;
        stage.sees("a new line", |seen| seen["lines"] == 2).await;
        stage.up().await;
    });
}

#[test]
fn the_line_is_encrypted_for_whom_the_authority_knows() {
    if !Smsc::can_run() {
        return skipped("smpp: tls", "node and npm are not installed");
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mut params = rcgen::CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let authority = rcgen::CertifiedIssuer::self_signed(params, rcgen::KeyPair::generate().unwrap()).unwrap();
    let key = rcgen::KeyPair::generate().unwrap();
    let params = rcgen::CertificateParams::new(vec!["smsc.example".to_owned()]).unwrap();
    let certificate = params.signed_by(&key, &authority).unwrap();
    std::fs::write(path("ca.pem"), authority.pem()).unwrap();
    std::fs::write(path("key.pem"), key.serialize_pem()).unwrap();
    std::fs::write(path("cert.pem"), certificate.pem()).unwrap();
    let [key, cert] = [path("key.pem"), path("cert.pem")].map(|path| path.display().to_string());
    block_on(async {
        let smsc = Smsc::with(&["--key", &key, "--cert", &cert]);
        let tls = |ca: Option<&str>, name: &str| SmppGateway {
            tls: Some(SmppTls { ca_file: ca.map(path), server_name: Some(name.to_owned()) }),
            ..gateway(smsc.port)
        };
        let (good, work) = link(&route(), tls(Some("ca.pem"), "smsc.example"));
        beside(work, async {
            let verdicts =
                futures_util::future::join_all((0..50).map(|n| good.link.submit(message("hi", n)))).await;
            assert!(verdicts.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))), "{verdicts:?}");
        })
        .await;
        for (ca, name, told) in [
            (Some("ca.pem"), "other.example", "no TLS with"),
            (None, "smsc.example", "no TLS with"),
            (Some("nothing.pem"), "smsc.example", "cannot read ca_file"),
        ] {
            let (bad, work) = link(&route(), tls(ca, name));
            beside(work, async {
                until_then("it is refused", async || match bad.link.line() {
                    LineState::Waiting(why) | LineState::Down(why) => why.contains(told),
                    LineState::Up => panic!("{name} was let in"),
                })
                .await;
            })
            .await;
        }
    });
}

/// Somebody at a port who is no gateway: says this to whoever comes, and then nothing.
fn stranger(says: Option<&'static [u8]>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    // It ends with the tests.
    std::thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            // Whoever is told goes before it heard all of it.
            if let Some(says) = says {
                drop(stream.write_all(says));
            }
            kept.push(stream);
        }
    });
    port
}

#[test]
fn whoever_answers_instead_of_a_gateway_is_told_from_one() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    for (port, told) in [
        (closed, "cannot connect to"),
        (stranger(Some(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")), "does not speak SMPP"),
        (stranger(None), "says nothing to our login"),
        (stranger(Some(&[0, 0, 0, 5, 1])), "does not speak SMPP"),
        (stranger(Some(&[0, 0, 0, 2, 1])), "does not speak SMPP"),
    ] {
        block_on(async {
            let gateway = SmppGateway { connect_timeout: Duration::from_millis(500), ..gateway(port) };
            let (at, work) = link(&route(), gateway);
            beside(work, async {
                let says = async || matches!(at.link.line(), LineState::Waiting(why) if why.contains(told));
                until_then(told, says).await;
                let verdict = at.link.submit(message("hi", 1)).await;
                assert!(matches!(&verdict, Verdict::NotNow { why, .. } if why.contains(told)), "{verdict:?}");
            })
            .await;
        });
    }
}

#[test]
fn a_second_address_is_called_where_the_first_is_dead() {
    let dead = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let two = |gateway: &mut SmppGateway, _: &mut SmsRoute| {
        gateway.addresses.insert(0, ("127.0.0.1".to_owned(), dead));
        gateway.addresses.insert(0, ("nowhere.invalid".to_owned(), 2775));
    };
    play("addresses", json!({}), two, async |stage| {
        stage.up().await;
        assert_eq!(stage.link.state().address.unwrap().port(), stage.smsc.port);
    });
}

/// Keeps what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, octets: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(octets);
        Ok(octets.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Log {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

#[test]
fn no_log_at_any_level_has_a_password_a_number_or_a_text() {
    // With only one, a place first passed by a test on another thread would count as heard by nobody.
    let _other = tracing::Dispatch::new(tracing_subscriber::registry());
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::level_filters::LevelFilter::TRACE)
        .with_writer(log.clone())
        .finish();
    let heard = tracing::subscriber::with_default(subscriber, || {
        let manners = json!({ "receipts": "after", "statuses": [0, 0x0B, 0x58] });
        play("log", manners, as_is, async |stage| {
            for _ in 0..4 {
                drop(stage.submit("a secret text").await);
            }
            let mut coming = json!({ "source_addr": "447700900123", "destination_addr": "12345" });
            coming["short_message"] = json!("another secret");
            stage.smsc.tell("deliver", coming).await;
            stage.came(3).await;
            stage.smsc.tell("raw", json!({ "hex": "ffffffffffffffff" })).await;
            stage.sees("a new line", |seen| seen["lines"] == 2).await;
            stage.link.close(Duration::from_millis(200)).await;
            println!("{:?} {:?}", stage.came.borrow(), message("a secret text", 1));
        });
        String::from_utf8(log.0.lock().unwrap().clone()).unwrap()
    });
    if Smsc::can_run() {
        assert!(heard.contains("the gateway let us in"), "{heard}");
    }
    let secrets = [PASSWORD, "447700900", "secret"];
    let told: Vec<_> =
        heard.lines().filter(|line| secrets.iter().any(|secret| line.contains(secret))).collect();
    // What the tests' own client for the gateway's control says is none of ours.
    let ours: Vec<_> =
        told.into_iter().filter(|line| !line.contains("hyper") && !line.contains("reqwest")).collect();
    assert!(ours.is_empty(), "{ours:#?}");
}
