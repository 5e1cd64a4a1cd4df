//! Where a server is, who logs in, what is encrypted; and what is said when it is not so.

use std::net::UdpSocket;

use aftercall::foundation::Secret;
use aftercall::storage::mssql::{Encrypt, Endpoint, MssqlSettings, Trust};
use aftercall::storage::{MaintenanceStore, StorageErrorKind};

use super::open;
use crate::cli_frame::stdout;
use crate::storage_contract::block_on;
use crate::support::Site;
use crate::support::mssql::TestDatabase;
use crate::support::proxy::Proxy;

#[test]
fn every_mode_of_encryption_the_server_takes_leads_to_the_same_database() {
    let Some(database) = TestDatabase::empty("storage_mssql: encryption") else { return };
    for encrypt in [Encrypt::Off, Encrypt::Login, Encrypt::Full] {
        let settings = MssqlSettings { encrypt, trust: Trust::Any, ..database.settings.clone() };
        block_on(open(&settings).unwrap().probe()).unwrap();
    }
    let missing = Trust::File("/nowhere/ca.pem".into());
    let error = open(&MssqlSettings { trust: missing, ..database.settings.clone() }).unwrap_err();
    assert!(error.to_string().contains("database.ca_file"), "{error}");
}

#[test]
fn a_wrong_password_is_said_without_saying_it() {
    let Some(database) = TestDatabase::empty("storage_mssql: a wrong password") else { return };
    let password = Secret::new("not-the-password".to_owned());
    let error = open(&MssqlSettings { password, ..database.settings.clone() }).unwrap_err();
    let told = format!("{} {error:?}", aftercall::telemetry::Chain(&error));
    assert!(told.contains("refused the login") && told.contains("18456"), "{told}");
    assert!(!told.contains("not-the-password"), "{told}");
}

#[test]
fn a_server_that_is_not_there_is_said_with_what_to_look_at() {
    let Some(database) = TestDatabase::empty("storage_mssql: no server") else { return };
    let settings = MssqlSettings { endpoint: Endpoint::Port(1), ..database.settings.clone() };
    let error = open(&settings).unwrap_err();
    assert_eq!(error.kind, StorageErrorKind::Unavailable);
    assert!(error.to_string().contains("nothing listens"), "{error}");
    let settings = MssqlSettings { database: "not_there".into(), ..database.settings.clone() };
    assert_eq!(open(&settings).unwrap_err().kind, StorageErrorKind::Unavailable);
}

#[test]
fn of_several_addresses_of_a_name_the_one_that_answers_is_used() {
    let Some(database) = TestDatabase::empty("storage_mssql: several addresses") else { return };
    // Has two addresses on most machines, and the server listens at one of them.
    let settings = MssqlSettings { host: "localhost".into(), ..database.settings.clone() };
    block_on(open(&settings).unwrap().probe()).unwrap();
}

/// An address of this machine that nobody else uses.
const HOST: &str = "127.0.0.77";

#[test]
fn a_named_instance_is_found_by_asking_the_browser() {
    let Some(database) = TestDatabase::empty("storage_mssql: a named instance") else { return };
    let proxy = Proxy::at(HOST, database.address());
    let browser = UdpSocket::bind((HOST, 1434)).unwrap();
    let port = proxy.port();
    std::thread::spawn(move || {
        let mut asked = [0; 64];
        while let Ok((length, from)) = browser.recv_from(&mut asked) {
            assert_eq!(&asked[..length], b"\x04CC1");
            let told = format!("ServerName;HOST;InstanceName;CC1;IsClustered;No;Version;13.0;tcp;{port};;");
            let size = u16::try_from(told.len()).unwrap().to_le_bytes();
            browser.send_to(&[&[5], &size[..], told.as_bytes()].concat(), from).unwrap();
        }
    });
    let endpoint = Endpoint::Instance("CC1".into());
    let settings =
        MssqlSettings { host: HOST.into(), endpoint, encrypt: Encrypt::Off, ..database.settings.clone() };
    block_on(open(&settings).unwrap().probe()).unwrap();
}

#[test]
fn check_tells_of_server_database_login_and_distance() {
    let Some(database) = TestDatabase::empty("storage_mssql: check") else { return };
    let port = database.address().port();
    let site = Site::empty_with(database.options(port));
    let before = stdout(&site.command(&["check"]));
    assert!(before.contains("database schema: empty; the tables are made at the first start"), "{before}");
    site.run(&["migrate"]);
    let checked = stdout(&site.command(&["check"]));
    for line in [
        "warn  database encryption: off",
        "database server: SQL Server ",
        &format!("database: {}, collation ", database.settings.database),
        &format!("database login: {} as ", database.settings.user),
        "database isolation: READ_COMMITTED_SNAPSHOT is ",
        "database clock: ",
        "ms for a round trip",
        "ok    database schema: schema 6, up to date",
    ] {
        assert!(checked.contains(line), "no `{line}` in\n{checked}");
    }
    assert!(!checked.contains(database.settings.password.expose().as_str()), "{checked}");
    let status = site.run(&["migrate", "status"]);
    assert!(status.contains("applied  0005") && status.contains("up to date"), "{status}");
    let refused = site.command(&["backup", "x.db"]);
    assert!(crate::cli_frame::stderr(&refused).contains("docs/sql-server.md"));
}
