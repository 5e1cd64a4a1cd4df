//! The configuration: its reference file, its layers, its messages, its secrets.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use aftercall::config::{
    Config, ConfigError, DatabaseEndpoint, DatabaseUrl, Key, Kind, Setting, Sources, keys, reference,
};

use super::files::top;

const SECRET: &str = "correct-horse-battery-staple";

fn flag(path: &str, value: &str) -> Setting {
    Setting { path: path.to_owned(), value: value.to_owned(), flag: "--set".to_owned() }
}

fn with_flags(flags: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let flags = flags.iter().map(|(path, value)| flag(path, value)).collect();
    Config::load(&Sources { flags, ..Sources::default() })
}

fn with_variables(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let environment = variables.iter().map(|(k, v)| (OsString::from(k), OsString::from(v))).collect();
    Config::load(&Sources { environment, ..Sources::default() })
}

fn with_file(folder: &Path, text: &str) -> Result<Config, ConfigError> {
    Config::load(&Sources { file: Some(written(folder, "a.toml", text)), ..Sources::default() })
}

fn written(folder: &Path, name: &str, text: &str) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// The one problem of a configuration.
fn problem(loaded: Result<Config, ConfigError>) -> String {
    let error = loaded.expect_err("a configuration with a problem was accepted");
    assert_eq!(error.problems().len(), 1, "{error}");
    error.problems()[0].clone()
}

#[test]
fn the_reference_file_has_every_key_and_equals_the_defaults() {
    let path = top().join("conf/aftercall.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, reference(), "run: aftercall check --print-defaults > conf/aftercall.toml");
    assert_eq!(Config::load(&Sources { file: Some(path), ..Sources::default() }).unwrap(), Config::default());
    for key in keys() {
        let line = format!("\n{} = {}\n", key.name, key.default_toml());
        assert!(text.contains(&line) && text.contains(&key.rule()), "{}", key.path());
    }
    for setting in text.lines().filter(|line| !line.starts_with('#') && line.contains('=')) {
        let name = setting.split(' ').next().unwrap();
        assert!(keys().iter().any(|key| key.name == name), "{name} is in the file and nowhere else");
    }
}

#[test]
fn no_key_is_described_twice_and_sections_stand_together() {
    let paths: Vec<String> = keys().iter().map(Key::path).collect();
    let mut unique = paths.clone();
    unique.sort();
    unique.dedup();
    assert_eq!(unique.len(), paths.len());
    let mut sections: Vec<&str> = keys().iter().map(|key| key.section).collect();
    sections.dedup();
    let runs = sections.len();
    sections.sort_unstable();
    sections.dedup();
    assert_eq!(sections.len(), runs);
}

#[test]
fn flags_win_over_the_environment_that_over_the_file_and_that_over_a_commands_defaults() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(
        folder.path(),
        "a.toml",
        "[survey]\nidle_minutes = 5\nlate_minutes = 5\n[janitor]\nbatch = 5",
    );
    let variable = |name: &str, value: &str| (OsString::from(name), OsString::from(value));
    let config = Config::load(&Sources {
        defaults: vec![flag("survey.idle_minutes", "4"), flag("janitor.every_s", "4")],
        file: Some(file),
        environment: vec![
            variable("AFTERCALL__SURVEY__LATE_MINUTES", "6"),
            variable("AFTERCALL__JANITOR__BATCH", "6"),
            variable("PATH", "/bin"),
        ],
        flags: vec![flag("janitor.batch", "7"), flag("janitor.batch", "8")],
    })
    .unwrap();
    assert_eq!(config.survey.idle, Duration::from_mins(5));
    assert_eq!(config.survey.late, Duration::from_mins(6));
    assert_eq!(config.janitor.every, Duration::from_secs(4));
    assert_eq!(config.janitor.batch, 8, "of two flags the last one wins");
    assert_eq!(config.survey.call_repeat, Config::default().survey.call_repeat);
}

#[test]
fn unknown_keys_are_refused_wherever_they_stand_and_the_nearest_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let in_file = problem(with_file(folder.path(), "[survey]\n\nidle_minute = 5\n"));
    assert!(
        in_file.contains("a.toml:3") && in_file.contains("did you mean survey.idle_minutes?"),
        "{in_file}"
    );
    let section = problem(with_file(folder.path(), "[surveys]\nidle_minutes = 5\n"));
    assert!(section.contains("[surveys]") && section.contains("a.toml:1"), "{section}");
    let outside = problem(with_file(folder.path(), "idle_minutes = 5\n"));
    assert!(outside.contains("outside a section"), "{outside}");
    let variable = problem(with_variables(&[("AFTERCALL__IVR_API__LISTN", "1")]));
    assert!(variable.contains("environment variable AFTERCALL__IVR_API__LISTN"), "{variable}");
    assert!(variable.contains("did you mean ivr_api.listen?"), "{variable}");
    let by_flag = problem(with_flags(&[("janitor.colour", "red")]));
    assert!(by_flag.contains("flag --set") && by_flag.contains("no such key"), "{by_flag}");
}

#[test]
fn every_number_is_held_to_the_range_that_its_reference_names() {
    for key in keys() {
        let Kind::Integer { min, max, .. } = key.kind else { continue };
        let own_rule = format!("must be {}", key.rule());
        let refused = |value: &str| {
            let told = with_flags(&[(&key.path(), value)]).err().map(|error| error.to_string());
            told.is_some_and(|told| told.contains(&own_rule))
        };
        assert!(!refused(&min.to_string()) && !refused(&max.to_string()), "{}", key.path());
        assert!(refused(&(max + 1).to_string()), "{} above {max}", key.path());
        assert!(refused(&(i128::from(min) - 1).to_string()), "{} below {min}", key.path());
        assert!(refused("") && refused("5s") && refused("1.5") && refused("-1"), "{}", key.path());
    }
}

#[test]
fn every_flag_takes_true_and_false_and_every_text_refuses_what_it_cannot_mean() {
    for key in keys().iter().filter(|key| matches!(key.kind, Kind::Flag { .. })) {
        // Alone it says too little, see below.
        let is_alone = key.path() != "vip.enabled";
        assert_eq!(with_flags(&[(&key.path(), "true")]).is_ok(), is_alone, "{}", key.path());
        assert!(with_flags(&[(&key.path(), "false")]).is_ok(), "{}", key.path());
        assert!(problem(with_flags(&[(&key.path(), "yes")])).contains("true or false"));
    }
    for (path, value) in [
        ("node.name", "a b"),
        ("node.data_dir", ""),
        ("site.time_zone", "Mars/Olympus"),
        ("database.url", "postgres://db/aftercall"),
        ("ivr_api.listen", "8080"),
        ("ivr_api.public_url", "calls.example"),
        ("vip.mode", "somehow"),
        ("vip.interface", "eth0 dev eth1"),
        ("vip.addresses", "10.0.0.50"),
        ("vip.addresses", "10.0.0.50/24, 10.0.0.50/24"),
        ("vip.peers", "10.0.0.12, 2001:db8::12"),
        ("vip.source", "here"),
        ("vip.run_dir", ""),
        ("sms.default_region", "es"),
        ("sms.short_link", "http://s.example/"),
        ("sms.short_link", "https://s.example/s"),
        ("sms.quiet_from", "8"),
        ("sms.quiet_until", "07:00"),
        ("sms.stop_words", &"x".repeat(41)),
        ("sms.callback_url", "calls.example"),
        ("log.level", "loud"),
        ("log.format", "xml"),
    ] {
        let told = problem(with_flags(&[(path, value)]));
        let parts = [path, &format!("{value:?}"), "flag --set", "must be"];
        assert!(parts.iter().all(|part| told.contains(part)), "{told}");
    }
}

/// A virtual IP that nothing is wrong with, and changes to it.
fn with_vip(changes: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let mut flags = vec![
        ("vip.enabled", "true"),
        ("vip.interface", "eth0"),
        ("vip.addresses", "10.0.0.50/24, 2001:db8::50/64"),
        ("vip.peers", "10.0.0.12"),
        ("ivr_api.listen", "[::]:8080"),
        ("database.url", "mssql://aftercall:secret@db/surveys"),
    ];
    flags.extend(changes);
    with_flags(&flags)
}

#[test]
fn a_virtual_ip_that_cannot_work_is_refused_with_the_key_to_change() {
    let vip = with_vip(&[]).unwrap().vip.unwrap();
    assert_eq!((vip.addresses.len(), vip.source, vip.advert), (2, None, Duration::from_millis(100)));
    assert_eq!(with_vip(&[("vip.enabled", "false")]).unwrap().vip, None);
    for (changes, told) in [
        (&[("vip.interface", "")][..], "vip.interface"),
        (&[("vip.addresses", "")], "vip.addresses"),
        (&[("vip.peers", "")], "vip.peers"),
        (&[("vip.addresses", "10.0.0.12/24")], "none of the nodes' own addresses"),
        (&[("vip.source", "10.0.0.50")], "none of the nodes' own addresses"),
        (&[("vip.source", "10.0.0.12")], "without this node's own"),
        (&[("vip.source", "2001:db8::11")], "same family as vip.peers"),
        (&[("vip.addresses", "2001:db8::50/64")], "of the same family as vip.peers"),
        (&[("vip.advert_ms", "105")], "a multiple of 10"),
        (&[("ivr_api.listen", "10.0.0.11:8080")], "so that 10.0.0.50 is answered"),
        (&[("ivr_api.listen", "0.0.0.0:8080")], "so that 2001:db8::50 is answered"),
        (&[("database.url", "sqlite:a.db")], "set database.url to a SQL Server"),
    ] {
        let problem = problem(with_vip(changes));
        assert!(problem.contains(told), "{problem}");
    }
    assert!(with_vip(&[("database.url", "sqlite:a.db"), ("vip.sqlite_is_shared", "true")]).is_ok());
}

#[test]
fn all_problems_are_told_at_once_with_key_value_origin_and_rule() {
    let folder = tempfile::tempdir().unwrap();
    let text =
        "[ivr_api]\nworkers = 0\nlisten = 8080\n[database]\nreaders = \"2\"\n[site]\ntime_zone = [1]\n";
    let error = with_file(folder.path(), text).unwrap_err();
    assert_eq!(error.problems().len(), 4, "{error}");
    let told = error.to_string();
    assert!(told.contains("ivr_api.workers is \"0\"") && told.contains("a.toml:2"), "{told}");
    assert!(told.contains("a whole number of threads from 1 to 64"), "{told}");
    assert!(told.contains("in quotation marks"), "{told}");
    assert!(told.contains("database.readers"), "a number in quotation marks is no number: {told}");
}

#[test]
fn a_file_that_is_missing_or_no_toml_is_a_problem_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let missing = Sources { file: Some(folder.path().join("none.toml")), ..Sources::default() };
    assert!(problem(Config::load(&missing)).contains("none.toml"));
    let broken = with_file(folder.path(), "[survey]\nidle_minutes = \n").unwrap_err().to_string();
    assert!(broken.contains("a.toml:2") && broken.contains("not TOML"), "{broken}");
    let twice = with_file(folder.path(), "[survey]\nidle_minutes = 5\nidle_minutes = 6\n").unwrap_err();
    assert!(twice.to_string().contains("a.toml:3"), "{twice}");
}

#[test]
fn rules_between_keys_are_held_and_nothing_is_adjusted() {
    for (flags, needed) in [
        (&[("ivr_api.drain_s", "30")][..], "supervision.stop_hard_limit_s, which is 30"),
        (&[("database.statement_timeout_ms", "2001")], "ivr_api.deadline_ms, which is 2000"),
        (
            &[("spool.use", "always"), ("spool.patience_ms", "501")],
            "a quarter of ivr_api.deadline_ms, which is 2000",
        ),
        (&[("database.connections_idle", "17")], "database.connections_max, which is 16"),
        (
            &[
                ("database.writers", "2"),
                ("database.connections_max", "2"),
                ("database.connections_idle", "0"),
            ],
            "database.connections_max, which is 2",
        ),
        (&[("database.ca_file", "ca.pem"), ("database.trust_server_certificate", "true")], "empty when"),
        (&[("supervision.backoff_max_ms", "49")], "supervision.backoff_min_ms, which is 50"),
        (&[("supervision.group_restarts_within_s", "29")], "supervision.restarts_within_s, which is 30"),
        (&[("ivr_api.rate_burst", "1999")], "ivr_api.rate_per_key_per_s, which is 2000"),
        (&[("survey.call_repeat_minutes", "59")], "survey.idle_minutes, which is 60"),
        (&[("ivr_api.tls_cert_file", "c.pem")], "ivr_api.tls_cert_file is"),
        (&[("ivr_api.tls_key_file", "k.pem")], "ivr_api.tls_key_file is"),
    ] {
        let told = problem(with_flags(flags));
        assert!(told.contains(needed), "{told}");
    }
    assert!(with_flags(&[("ivr_api.drain_s", "29")]).is_ok());
    let both = [("ivr_api.tls_cert_file", "c.pem"), ("ivr_api.tls_key_file", "k.pem")];
    assert!(with_flags(&both).unwrap().ivr_api.tls.is_some());
}

/// Flags that set up single sign-on, and these besides.
fn with_oidc(more: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let whole = [
        ("portal.public_url", "https://calls.example"),
        ("oidc.issuer", "https://id.example/realms/x"),
        ("oidc.client_id", "aftercall"),
        ("oidc.client_secret", SECRET),
    ];
    with_flags(&whole.into_iter().chain(more.iter().copied()).collect::<Vec<_>>())
}

#[test]
fn single_sign_on_is_whole_or_refused_with_what_is_missing_or_does_nothing() {
    assert_eq!(Config::default().oidc, None);
    let config = with_oidc(&[]).unwrap();
    let oidc = config.oidc.as_ref().unwrap();
    assert_eq!((oidc.name_claim.as_str(), &oidc.scopes), ("preferred_username", &vec!["profile".to_owned()]));
    assert!(!format!("{config:?}").contains(SECRET));
    for (more, told) in [
        (&[("oidc.issuer", "http://id.example")][..], "must be an https:// URL"),
        (&[("oidc.client_id", "")], "oidc.client_id is \"\" (flag --set): must be set when oidc.issuer is"),
        (&[("oidc.client_secret", "")], "client_secret_file or the systemd credential"),
        (&[("oidc.client_secret", "too-short")], "has 9 characters: must be at least 20"),
        (&[("portal.public_url", "")], "portal.public_url"),
        (&[("oidc.name_claim", "")], "the name of a claim"),
        (&[("oidc.label", &"x".repeat(41))], "1 to 40 characters"),
        (&[("oidc.admin_values", "it")], "oidc.role_claim"),
        (&[("oidc.role_claim", "groups")], "one of admin_values"),
        (
            &[("oidc.role_claim", "groups"), ("oidc.admin_values", "it;x"), ("oidc.viewer_values", "x")],
            "oidc.viewer_values names \"x\"",
        ),
        (&[("oidc.create_accounts", "true")], "a new account needs a role"),
        (&[("oidc.default_role", "viewer")], "nobody would get it"),
        (
            &[("oidc.default_role", "admin"), ("oidc.create_accounts", "true")],
            "viewer, supervisor or manager",
        ),
    ] {
        let loaded = with_oidc(more);
        let told_of = loaded.expect_err(told).to_string();
        assert!(told_of.contains(told) && !told_of.contains(SECRET), "{told_of}");
    }
    let whole =
        [("oidc.create_accounts", "true"), ("oidc.default_role", "viewer"), ("oidc.teams_claim", "teams")];
    assert!(with_oidc(&whole).is_ok());
    let off = with_oidc(&[("oidc.issuer", ""), ("oidc.client_id", "")]).unwrap();
    assert_eq!(off.oidc, None, "it is turned off by one key");
}

#[test]
fn the_secret_of_single_sign_on_comes_as_any_other_does() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "oidc.client_secret", &format!("{SECRET}\n"));
    let whole = [
        ("AFTERCALL__PORTAL__PUBLIC_URL", "https://calls.example"),
        ("AFTERCALL__OIDC__ISSUER", "https://id.example"),
        ("AFTERCALL__OIDC__CLIENT_ID", "aftercall"),
    ];
    for place in [
        ("AFTERCALL__OIDC__CLIENT_SECRET_FILE", file.to_str().unwrap()),
        ("CREDENTIALS_DIRECTORY", folder.path().to_str().unwrap()),
    ] {
        let config = with_variables(&[&whole[..], &[place]].concat()).unwrap();
        assert_eq!(config.oidc.unwrap().client_secret.expose(), SECRET, "{}", place.0);
    }
}

const SERVER: &str = "mssql://after@db.example:1533/surveys";

#[test]
fn a_sql_server_is_named_by_a_url_or_by_single_keys_but_not_by_both() {
    let url = with_flags(&[("database.url", SERVER), ("database.password", SECRET)]).unwrap();
    let keys = with_flags(&[
        ("database.server", "db.example:1533"),
        ("database.name", "surveys"),
        ("database.user", "after"),
        ("database.password", SECRET),
    ]);
    assert_eq!(keys.unwrap().database, url.database);
    let DatabaseUrl::Mssql(server) = &url.database.url else { panic!("{:?}", url.database) };
    assert_eq!((server.host.as_str(), &server.endpoint), ("db.example", &DatabaseEndpoint::Port(1533)));
    assert_eq!((server.name.as_str(), server.user.as_str()), ("surveys", "after"));
    assert!(url.uses_spool(), "with a server there is a spool");
    assert!(!Config::default().uses_spool());
    let both = with_flags(&[
        ("database.url", SERVER),
        ("database.server", "db.example"),
        ("database.name", "surveys"),
        ("database.user", "after"),
        ("database.password", SECRET),
    ]);
    assert!(problem(both).contains("keep one of them"));
    let half =
        with_flags(&[("database.server", "db"), ("database.name", "x"), ("database.password", SECRET)]);
    assert!(problem(half).contains("database.user"));
    assert!(problem(with_flags(&[("database.url", SERVER)])).contains("database.password"));
}

#[test]
fn the_password_of_a_database_comes_from_one_place_and_is_never_shown() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "database.password", &format!("{SECRET}\n"));
    let (file, folder) = (file.to_str().unwrap(), folder.path().to_str().unwrap());
    let url = ("AFTERCALL__DATABASE__URL", SERVER);
    let in_url = SERVER.replace("after@", &format!("after:{SECRET}@"));
    for one in [
        &[url, ("AFTERCALL__DATABASE__PASSWORD", SECRET)][..],
        &[url, ("AFTERCALL__DATABASE__PASSWORD_FILE", file)],
        &[url, ("CREDENTIALS_DIRECTORY", folder)],
        &[("AFTERCALL__DATABASE__URL", &in_url)],
    ] {
        let config = with_variables(one).unwrap();
        assert!(!format!("{config:?}").contains(SECRET), "{one:?}");
        let DatabaseUrl::Mssql(server) = config.database.url else { panic!("{one:?}") };
        assert_eq!(server.password.expose(), SECRET);
    }
    let two =
        with_variables(&[("AFTERCALL__DATABASE__URL", &in_url), ("AFTERCALL__DATABASE__PASSWORD", SECRET)]);
    assert!(problem(two).contains("keep one of them"));
    let broken = problem(with_flags(&[("database.url", &in_url.replace("/surveys", ""))]));
    assert!(broken.contains("after:***@db.example") && !broken.contains(SECRET), "{broken}");
}

#[test]
fn a_secret_comes_from_a_value_a_file_or_a_credential_but_only_one_of_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = written(folder.path(), "ivr_api.static_key", &format!("{SECRET}\n"));
    let (file, folder) = (file.to_str().unwrap(), folder.path().to_str().unwrap());
    let value = ("AFTERCALL__IVR_API__STATIC_KEY", SECRET);
    let by_file = ("AFTERCALL__IVR_API__STATIC_KEY_FILE", file);
    let credential = ("CREDENTIALS_DIRECTORY", folder);
    for one in [value, by_file, credential] {
        let key = with_variables(&[one]).unwrap().ivr_api.static_key.unwrap();
        assert_eq!(key.expose(), SECRET, "{}", one.0);
    }
    for two in [[value, by_file], [value, credential], [by_file, credential]] {
        let told = problem(with_variables(&two));
        assert!(told.contains("keep one of them"), "{told}");
    }
    let elsewhere = [("CREDENTIALS_DIRECTORY", "/nonexistent")];
    assert_eq!(with_variables(&elsewhere).unwrap().ivr_api.static_key, None);
    let lost = problem(with_variables(&[("AFTERCALL__IVR_API__STATIC_KEY_FILE", "/nonexistent/key")]));
    assert!(lost.contains("/nonexistent/key"), "{lost}");
}

#[test]
fn no_debug_print_and_no_message_shows_a_secret() {
    let folder = tempfile::tempdir().unwrap();
    let good = with_flags(&[("ivr_api.static_key", SECRET)]).unwrap();
    assert!(!format!("{good:?} {good:#?}").contains(SECRET));
    let short = &SECRET[..12];
    let spaced = format!("{SECRET} {SECRET}");
    let file = written(folder.path(), "key", short);
    let refused = [
        with_flags(&[("ivr_api.static_key", short)]),
        with_flags(&[("ivr_api.static_key", &spaced)]),
        with_variables(&[("AFTERCALL__IVR_API__STATIC_KEY", short)]),
        with_flags(&[("ivr_api.static_key_file", file.to_str().unwrap())]),
        with_flags(&[("ivr_api.static_key", short), ("ivr_api.static_keys", short), ("log.level", "x")]),
        with_file(folder.path(), &format!("[ivr_api]\nstatic_key = \"{short}\"\nstatic_key = \"{short}\"\n")),
        with_file(folder.path(), "[ivr_api]\nstatic_key = 123456789012\n"),
    ];
    for loaded in refused {
        let error = loaded.unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(short) && !shown.contains("123456789012"), "{shown}");
        assert!(shown.contains("ivr_api.static_key"), "{shown}");
    }
}
