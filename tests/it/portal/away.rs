//! The portal while the database is away: who was signed in sees how the system is.

use reqwest::Method;
use serde_json::json;

use super::opened;
use crate::support::mssql::TestDatabase;
use crate::support::proxy::{Line, Proxy};
use crate::support::{Site, until};

#[test]
fn who_was_signed_in_sees_the_system_while_the_database_is_away_and_changes_nothing() {
    let Some(database) = TestDatabase::empty("portal: the database away") else { return };
    let proxy = Proxy::to(database.address());
    let site = Site::empty_with(database.options(proxy.port()));
    let (_server, mut admin) = opened(&site, &[]);
    assert_eq!(admin.get("/api/v1/system").status, 200);
    proxy.set(Line::Cut);
    until("it is noticed", || admin.get("/api/v1/users").status == 503);
    let system = admin.get("/api/v1/system").json();
    assert!(system["cluster"].is_null() && system["cluster_error"].is_string(), "{system}");
    assert_eq!(system["health"]["spool"]["mode"], "away");
    let refused = admin.calls(Method::PUT, "/api/v1/me/language", &json!({"language": "es"}));
    assert_eq!((refused.status, refused.word("code").as_str()), (503, "storage_unavailable"));
    proxy.set(Line::Fine);
    until("it is back", || {
        admin.calls(Method::PUT, "/api/v1/me/language", &json!({"language": "es"})).status == 204
    });
}
