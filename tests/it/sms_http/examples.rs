//! The examples of routes, and what `aftercall check` says of routes.

use std::path::Path;

use aftercall::config::{Config, Setting, Sources};

use super::SECRET;
use crate::cli_frame::{aftercall, stdout};
use crate::files::top;
use crate::support::gateway::{HttpGatewayDouble, Manner};

fn flag(path: &str, value: &str) -> Setting {
    Setting { path: path.to_owned(), value: value.to_owned(), flag: "--set".to_owned() }
}

#[test]
fn every_example_of_a_route_can_be_used_once_its_password_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let password = folder.path().join("password");
    std::fs::write(&password, "hunter2-\n").unwrap();
    let mut examples = 0;
    for entry in std::fs::read_dir(top().join("conf/sms")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let named = text.lines().find_map(|line| line.strip_prefix("password_file = \"")).unwrap();
        let text = text.replace(named.trim_end_matches('"'), password.to_str().unwrap());
        let name = path.file_name().unwrap().to_str().unwrap().strip_suffix(".example").unwrap().to_owned();
        std::fs::write(folder.path().join(name), text).unwrap();
        examples += 1;
    }
    let config = Config::load(&Sources {
        flags: vec![
            flag("sms.routes_folder", folder.path().to_str().unwrap()),
            flag("sms.callback_url", "https://calls.example"),
            flag("sms.callback_secret", SECRET),
        ],
        ..Sources::default()
    });
    let routes = config.unwrap().sms.routes;
    assert!(examples >= 5 && routes.len() == examples, "{examples}");
    assert_eq!(routes[0].route.name, "kannel", "the lowest order comes first");
    assert!(!format!("{routes:?}").contains("hunter2"));
}

fn check(routes: &Path, settings: &[&str]) -> (String, i32) {
    let data = tempfile::tempdir().unwrap();
    let folder = format!("sms.routes_folder={}", routes.display());
    let mut arguments = vec!["check", "--data-dir", data.path().to_str().unwrap()];
    let all = ["ivr_api.listen=127.0.0.1:0", "portal.listen=127.0.0.1:0", folder.as_str()];
    arguments.extend(all.iter().chain(settings).flat_map(|setting| ["--set", setting]));
    let output = aftercall(&arguments);
    (stdout(&output), output.status.code().unwrap())
}

#[test]
fn check_reads_the_routes_and_tries_whether_their_gateways_answer() {
    let folder = tempfile::tempdir().unwrap();
    let double = HttpGatewayDouble::always(Manner::text(404, "no page"));
    let route = |url: &str, more: &str| {
        format!(
            "receipts = false\ntimeout_s = 3\n[senders]\n\"+\" = \"Acme\"\n[http]\nconnect_timeout_s = 1\nurl = \"{url}\"\n{more}"
        )
    };
    let write = |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
    write("good.toml", route(&format!("{}/send?t={{to}}{{text}}", double.url()), ""));
    write("away.toml", route("http://127.0.0.1:1/?t={to}{text}", ""));
    let session = "receipts = false\n[senders]\n\"+\" = \"Acme\"\n[smpp]\naddresses = [\"127.0.0.1:1\"]\nsystem_id = \"a\"\npassword = \"b\"\n";
    write("gone.toml", session.to_owned());
    let (lines, code) = check(folder.path(), &[]);
    assert!(lines.contains("warn  text messages: route gone: 127.0.0.1:1"), "{lines}");
    assert!(lines.contains(&format!("ok    text messages: route good: {} answers", double.url())), "{lines}");
    assert!(lines.contains("warn  text messages: route away: http://127.0.0.1:1 does not answer"), "{lines}");
    assert!(lines.contains("set sms.short_link, or portal.public_url"), "{lines}");
    assert_eq!(
        (code, double.asked()[0].method.as_str(), double.asked()[0].target.as_str()),
        (0, "HEAD", "/")
    );
    write("away.toml", route("https://127.0.0.1:1/?t={to}{text}", "ca_file = \"/nonexistent/ca.pem\"\n"));
    let (lines, code) = check(folder.path(), &["sms.default_region=XX"]);
    assert!(
        lines.contains("FAIL  text messages: route away: cannot read http.ca_file /nonexistent/ca.pem"),
        "{lines}"
    );
    assert!(lines.contains("FAIL  text messages: sms.default_region is XX"), "{lines}");
    assert_eq!(code, 1);
    write("away.toml", "receipts = 1\n[senders]\n\"+\" = \"A name that is too long\"\n".to_owned());
    let (lines, code) = check(folder.path(), &[]);
    for told in [
        "receipts is \"1\" (",
        "away.toml:1): must be true or false",
        "away.toml:3): must be `+` and 7 to 15",
        "no table [http]",
    ] {
        assert!(
            lines.lines().any(|line| line.starts_with("FAIL  config:") && line.contains(told)),
            "{told}: {lines}"
        );
    }
    assert_eq!(code, 1);
}
