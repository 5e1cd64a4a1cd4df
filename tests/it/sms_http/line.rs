//! What a broken line means for the message that was to go over it.

use std::io::Read;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use aftercall::outbound::sms::{Gateway, LineState, Verdict};
use futures_util::future::join_all;

use super::{NUMBER, link, message};
use crate::support::gateway::{HttpGatewayDouble, Manner};
use crate::support::{block_on, until};

/// A gateway without any preset.
fn plain(url: &str) -> String {
    format!("url = \"{url}/send?to={{to}}&text={{text}}&key={{key}}\"\n")
}

fn verdict_of(http: &str) -> Verdict {
    let verdict = block_on(link(http).submit(message("Your opinion, please")));
    let told = format!("{verdict:?}");
    assert!(!told.contains("600111222") && !told.contains("opinion"), "{told}");
    verdict
}

fn not_now(verdict: Verdict) -> String {
    match verdict {
        Verdict::NotNow { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

fn unknown(verdict: Verdict) -> String {
    match verdict {
        Verdict::Unknown { why } => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_fails_before_there_is_a_connection_was_certainly_not_taken() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let refused = not_now(verdict_of(&plain(&format!("http://{gone}"))));
    assert!(refused.contains("refused"), "{refused}");
    let nowhere = not_now(verdict_of(&plain("https://nowhere.invalid")));
    assert!(nowhere.contains("no connection"), "{nowhere}");
    // It speaks no TLS.
    let double = HttpGatewayDouble::always(Manner::text(200, "ok"));
    not_now(verdict_of(&plain(&format!("https://{}", double.address))));
    assert!(double.asked().is_empty());
}

#[test]
fn what_fails_once_it_may_have_been_written_is_unknown() {
    for (manner, told) in [
        (Manner::Silent, "in time"),
        (Manner::Closes, "broke"),
        (Manner::Half(200), "breaks off"),
        (Manner::Endless, "too long"),
    ] {
        let double = HttpGatewayDouble::always(manner.clone());
        let why = unknown(verdict_of(&plain(&double.url())));
        assert!(why.contains(told), "{manner:?}: {why}");
        assert_eq!(double.asked().len(), 1, "{manner:?}: it is not sent a second time");
    }
    // Its words are lost, not what it means.
    let double = HttpGatewayDouble::always(Manner::Half(503));
    not_now(verdict_of(&plain(&double.url())));
}

#[test]
fn nobody_is_followed_elsewhere() {
    let elsewhere = HttpGatewayDouble::always(Manner::text(200, "ok"));
    let to = vec![("location", elsewhere.url())];
    let double = HttpGatewayDouble::always(Manner::Answers(307, to, String::new()));
    assert!(matches!(verdict_of(&plain(&double.url())), Verdict::RouteDown { .. }));
    assert!(elsewhere.asked().is_empty());
}

#[test]
fn a_gateway_that_is_too_busy_says_for_how_long() {
    let wait = |status, value: &str| {
        let headers = vec![("retry-after", value.to_owned())];
        let double = HttpGatewayDouble::always(Manner::Answers(status, headers, "busy".to_owned()));
        verdict_of(&plain(&double.url()))
    };
    let why = |status: u16| format!("the gateway says {status}: busy");
    let seconds = |seconds| Some(Duration::from_secs(seconds));
    assert_eq!(wait(429, "7"), Verdict::Throttled { why: why(429), wait: seconds(7) });
    assert_eq!(wait(503, "99999"), Verdict::NotNow { why: why(503), wait: seconds(600) });
    assert_eq!(wait(503, "whenever"), Verdict::NotNow { why: why(503), wait: None });
}

#[test]
fn connections_are_kept_and_no_more_are_made_than_the_window_has() {
    let double = HttpGatewayDouble::start(|asked| {
        // So that all of a window are under way at once.
        std::thread::park_timeout(Duration::from_millis(20));
        Manner::text(200, &format!("to {}", asked.query("to").unwrap()))
    });
    let link = link(&plain(&double.url()));
    block_on(async {
        for _ in 0..3 {
            assert!(matches!(link.submit(message("One by one")).await, Verdict::Accepted(_)));
        }
        assert_eq!(double.connections(), 1, "one after the other go over one connection");
        let all = join_all((0..40).map(|_| link.submit(message("All at once")))).await;
        assert!(all.iter().all(|verdict| matches!(verdict, Verdict::Accepted(_))), "{all:?}");
    });
    assert!((2..=4).contains(&double.connections()), "{}", double.connections());
    assert_eq!(double.asked().len(), 43);
    assert_eq!(double.asked()[0].query("to").as_deref(), Some(NUMBER));
    let state = link.state();
    assert!(state.last_taken.is_some() && state.last_failure.is_none());
    assert_eq!((state.under_way, state.window), (0, 4));
}

#[test]
fn connections_are_made_one_by_one() {
    // It takes connections and never speaks TLS: nothing stands until the limit for connecting has passed.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let link = link(&plain(&format!("https://{}", listener.local_addr().unwrap())));
    let first_hello = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        drop(stream.read(&mut [0; 64]));
        listener.set_nonblocking(true).unwrap();
        (stream, listener.accept().is_ok())
    });
    let all = block_on(join_all((0..4).map(|_| link.submit(message("Hello")))));
    assert!(all.iter().all(|verdict| matches!(verdict, Verdict::NotNow { .. })), "{all:?}");
    let (_stream, was_second) = first_hello.join().unwrap();
    assert!(!was_second, "a second connection was made before the first stood");
}

#[test]
fn a_connection_that_was_closed_while_it_was_kept_costs_no_message() {
    let double = HttpGatewayDouble::start(|asked| match asked.query("text").as_deref() {
        Some("last") => Manner::Answers(200, vec![("connection", "close".to_owned())], "ok".to_owned()),
        _ => Manner::text(200, "ok"),
    });
    let link = link(&plain(&double.url()));
    block_on(async {
        for text in ["one", "last", "two"] {
            assert!(matches!(link.submit(message(text)).await, Verdict::Accepted(_)), "{text}");
        }
    });
    assert_eq!(double.connections(), 2);
}

#[test]
fn an_own_authority_is_trusted_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let certified = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let other = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let file = |name: &str, text: String| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    };
    let (own, foreign) = (file("own.pem", certified.cert.pem()), file("other.pem", other.cert.pem()));
    let port = tls_gateway(&certified);
    let url = plain(&format!("https://localhost:{port}"));
    let taken = verdict_of(&format!("{url}ca_file = \"{own}\"\n"));
    assert!(matches!(taken, Verdict::Accepted(_)), "{taken:?}");
    let why = not_now(verdict_of(&format!("{url}ca_file = \"{foreign}\"\n")));
    assert!(why.contains("certificate"), "{why}");
}

/// Answers one request on each connection over TLS.
fn tls_gateway(certified: &rcgen::CertifiedKey<rcgen::KeyPair>) -> u16 {
    use rustls::pki_types::PrivateKeyDer;
    let key = PrivateKeyDer::try_from(certified.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        use std::io::Write;
        for stream in listener.incoming().map_while(Result::ok) {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::StreamOwned::new(connection, stream);
            let mut head = Vec::new();
            let mut byte = [0];
            while !head.ends_with(b"\r\n\r\n") && tls.read_exact(&mut byte).is_ok() {
                head.push(byte[0]);
            }
            drop(tls.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok"));
            tls.conn.send_close_notify();
            drop(tls.flush());
        }
    });
    port
}

#[test]
fn a_line_that_is_closed_waits_for_what_is_under_way_and_takes_nothing_more() {
    let double = HttpGatewayDouble::start(|_| {
        std::thread::park_timeout(Duration::from_millis(50));
        Manner::text(200, "ok")
    });
    let link = link(&plain(&double.url()));
    block_on(async {
        let under_way = link.submit(message("Under way"));
        let close = async {
            until("it is asked", || link.state().under_way == 1);
            Gateway::close(&link, Duration::from_secs(5)).await;
            link.state().last_taken.is_some()
        };
        let (verdict, was_taken) = tokio::join!(under_way, close);
        assert!(matches!(verdict, Verdict::Accepted(_)) && was_taken);
        assert!(matches!(link.submit(message("Too late")).await, Verdict::NotNow { .. }));
    });
    assert!(matches!(link.line(), LineState::Waiting(_)));
    assert_eq!(double.asked().len(), 1);
}

#[test]
fn a_proxy_is_used_only_where_the_route_names_one() {
    let proxy = HttpGatewayDouble::always(Manner::text(200, "by proxy"));
    let url = plain("http://gateway.invalid");
    let verdict = verdict_of(&format!("{url}cleartext = true\nproxy = \"{}\"\n", proxy.url()));
    assert!(matches!(verdict, Verdict::Accepted(_)), "{verdict:?}");
    assert!(proxy.asked()[0].target.starts_with("http://gateway.invalid/send?"));
}
