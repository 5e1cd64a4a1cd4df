//! `aftercall mail` and what `aftercall check` says of the mail server.

use std::collections::HashMap;

use crate::cli_frame::{stderr, stdout};
use crate::support::Site;
use crate::support::smtp::{LOGIN, Manners, PostOffice, certified};

/// A site with these settings of its mail server.
fn site(port: u16, more: &[&str]) -> Site {
    let port = format!("mail.port={port}");
    let all = [&*port, "mail.host=localhost", "mail.from=Surveys <surveys@example.com>"];
    Site::empty_with(all.iter().chain(more).map(|setting| (*setting).to_owned()).collect())
}

#[test]
fn a_test_letter_arrives_or_the_reason_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let ca = folder.path().join("ca.pem");
    let office = PostOffice::at(0, Some(certified(&ca)));
    let (ca, user) = (format!("mail.ca_file={}", ca.display()), format!("mail.user={}", LOGIN.0));
    let password = folder.path().join("password");
    std::fs::write(&password, format!("{}\n", LOGIN.1)).unwrap();
    let password = format!("mail.password_file={}", password.display());
    let good = site(office.port(), &[&ca, &user, &password]);
    let told = good.run(&["mail", "test", "me@example.com"]);
    assert!(told.contains("took a letter from Surveys <surveys@example.com> to me@example.com"), "{told}");
    let got = office.got();
    assert!(
        got.len() == 1 && got[0].encrypted && got[0].text().contains("This is a test of aftercall"),
        "{got:?}"
    );
    let check = stdout(&good.command(&["check"]));
    assert!(check.contains(&format!("ok    mail server: localhost:{} answers", office.port())), "{check}");
    assert!(check.contains("warn  mail server: links in mails lead to this machine"), "{check}");

    office
        .behaves(Manners { refused: HashMap::from([("me@example.com".into(), 550)]), ..Manners::default() });
    let fails = |site: &Site, arguments: &[&str], why: &str| {
        let output = site.command(arguments);
        let said = format!("{}{}", stdout(&output), stderr(&output));
        assert!(!output.status.success() && said.contains(why), "no `{why}` in {said}");
    };
    fails(&good, &["mail", "test", "me@example.com"], "refused every address: me@example.com: 550");
    fails(&good, &["mail", "test", "me"], "`me` is no address");
    fails(&Site::empty(), &["mail", "test", "me@example.com"], "set mail.host and mail.from");
    let strangers = site(office.port(), &[&user, &password]);
    for arguments in [&["mail", "test", "me@example.com"][..], &["check"]] {
        fails(&strangers, arguments, "no TLS with the mail server");
    }
    let unknown = site(office.port(), &[&ca, &user, "mail.password=wrong"]);
    fails(&unknown, &["check"], "FAIL  mail server: the mail server localhost:");
    let port = office.port();
    drop(office);
    fails(&good, &["check"], &format!("no connection to the mail server localhost:{port}"));
}

#[test]
fn settings_of_the_mail_server_that_do_not_fit_stop_the_start() {
    let refused = [
        (&["mail.host=post"][..], "mail.from is \"\""),
        (&["mail.host=post", "mail.from=surveys"], "mail.from is \"surveys\""),
        (&["mail.host=smtp://post", "mail.from=a@b.example"], "mail.host is"),
        (&["mail.host=post", "mail.from=a@b.example", "mail.user=u"], "mail.password is"),
        (&["mail.host=post", "mail.from=a@b.example", "mail.password=secret"], "mail.user is"),
        (
            &[
                "mail.host=post",
                "mail.from=a@b.example",
                "mail.user=u",
                "mail.password=secret",
                "mail.tls=none",
            ],
            "the password would be read on its way",
        ),
    ];
    for (settings, why) in refused {
        let site = Site::empty_with(settings.iter().map(|setting| (*setting).to_owned()).collect());
        let said = stdout(&site.command(&["check"]));
        assert!(said.contains(why) && said.contains("FAIL"), "no `{why}` in {said}");
        assert!(!said.contains("secret"), "{said}");
    }
}
