//! What an operator does, and what befalls the machine: backups, broken files, full disks, certificates, health.

mod disk;
mod files;

use std::net::TcpListener;
use std::path::Path;

use super::cli_frame::{stderr, stdout};
use super::support::callers::Callers;
use super::support::store::Stored;
use super::support::{Site, block_on, until, until_then};

#[test]
fn a_backup_under_load_holds_all_that_was_acknowledged_before_and_comes_back_by_restore() {
    let site = Site::new();
    let mut server = site.serve(&["ivr_api.deadline_ms=20000", "ivr_api.rate_burst=1000000"]);
    let backup = site.scratch("monday.db");
    let target = backup.to_str().unwrap();
    let callers = Callers::new(server.http(), "backup");
    let earlier = block_on(async {
        let copying = async {
            until_then("callers are answered", async || callers.so_far().len() > 50).await;
            let earlier = callers.so_far();
            let (begun, mut command) = (callers.acknowledged(), site.begin(&["backup", target]));
            let mut status = None;
            until_then("the backup is written", async || {
                status = command.try_wait().unwrap();
                status.is_some()
            })
            .await;
            assert!(status.unwrap().success());
            assert!(callers.acknowledged() > begun, "callers are answered meanwhile");
            callers.stop();
            earlier
        };
        futures_util::join!(callers.call(30), copying).1
    });
    let all = callers.records();
    assert!(all.len() > earlier.len(), "callers went on");
    assert_eq!(site.command(&["backup", target]).status.code(), Some(1), "nothing is overwritten");

    let refused = site.command(&["restore", target, "--force"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(stderr(&refused).contains("stop the server first"), "{}", stderr(&refused));
    assert_eq!(server.stop().code(), Some(0));
    let refused = site.command(&["restore", target]);
    assert!(stderr(&refused).contains("--force"), "{}", stderr(&refused));
    Stored::open(&site.database()).verify(&all);

    let said = site.run(&["restore", target, "--force"]);
    assert!(said.contains("the old database is kept as"), "{said}");
    let server = site.serve(&[]);
    let stored = Stored::open(&site.database());
    stored.verify(&earlier);
    stored.sound();
    let response = server.offer("after the restore");
    assert_eq!(server.answer(&response, "csat", "5").status, 200);
    let kept = site.data().read_dir().unwrap().map(|file| file.unwrap().path());
    let kept = kept.filter(|path| path.to_string_lossy().ends_with('Z')).collect::<Vec<_>>();
    assert_eq!(kept.len(), 1, "the old database: {kept:?}");
    Stored::open(&kept[0]).verify(&all);
}

#[test]
fn a_listener_with_a_certificate_speaks_tls_and_nothing_else() {
    let site = Site::new();
    let key = rcgen::KeyPair::generate().unwrap();
    let certificate = rcgen::CertificateParams::new(vec!["calls.example".to_owned()]).unwrap();
    let files = [site.scratch("cert.pem"), site.scratch("key.pem")];
    std::fs::write(&files[0], certificate.self_signed(&key).unwrap().pem()).unwrap();
    std::fs::write(&files[1], key.serialize_pem()).unwrap();
    let settings = [
        format!("ivr_api.tls_cert_file={}", files[0].display()),
        format!("ivr_api.tls_key_file={}", files[1].display()),
    ];
    let server = site.serve(&settings.each_ref().map(String::as_str));
    assert!(server.url().starts_with("https://"));
    let response = server.offer("private");
    assert_eq!(server.answer(&response, "csat", "5").word("question_id"), "solved");
    let plain = server.url().replace("https://", "http://");
    let request = reqwest::Client::new().get(format!("{plain}/health"));
    assert!(block_on(request.send()).is_err(), "plain HTTP is not answered");
    // The machine's own listener is asked by its address, which is not in the certificate.
    let listen = format!("ivr_api.listen={}", server.url().trim_start_matches("https://"));
    let mut arguments = vec!["health", "--set", &listen];
    for setting in &settings {
        arguments.extend(["--set", setting]);
    }
    let health = site.command(&arguments);
    assert!(health.status.success(), "{}{}", stdout(&health), stderr(&health));
}

#[test]
fn health_ends_with_0_while_callers_are_served_and_with_1_when_not() {
    let site = Site::new();
    let mut server = site.serve(&[]);
    let url = server.url().to_owned();
    let health = || site.command(&["health", "--url", &url]);
    let well = health();
    assert_eq!(well.status.code(), Some(0), "{}", stdout(&well));
    for child in ["storage", "survey_engine", "ivr_api", "janitor"] {
        assert!(stdout(&well).contains(child), "{}", stdout(&well));
    }
    // Somebody else holds the database: no write is possible.
    let holder = rusqlite::Connection::open(site.database()).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    until("health says that nothing can be stored", || health().status.code() == Some(1));
    assert_eq!(server.get("/health/ready").status, 503);
    assert_eq!(server.get("/health/live").status, 200);
    holder.execute_batch("ROLLBACK").unwrap();
    until("it is well again", || health().status.code() == Some(0));
    assert_eq!(server.stop().code(), Some(0));
    let gone = health();
    assert_eq!(gone.status.code(), Some(1));
    assert!(stderr(&gone).contains("is the server running"), "{}", stderr(&gone));
}

#[test]
fn a_taken_port_is_found_by_the_check_and_stops_a_start() {
    let site = Site::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let listen = format!("ivr_api.listen={}", taken.local_addr().unwrap());
    let check = site.command(&["check", "--set", &listen]);
    assert_eq!(check.status.code(), Some(1));
    assert!(stdout(&check).contains("is in use by"), "{}", stdout(&check));
    let serve = site.command(&["serve", "--set", &listen]);
    assert_eq!(serve.status.code(), Some(1));
    assert!(stderr(&serve).contains("ivr_api.listen"), "{}", stderr(&serve));
}

/// A whole file, to see later that nobody changed it.
fn bytes(path: &Path) -> Vec<u8> {
    std::fs::read(path).unwrap()
}
