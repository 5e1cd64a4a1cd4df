//! The page while the database is away.

use rusqlite::Connection;
use serde_json::json;

use super::{answer, ask, asked, link, site, stored};
use crate::support::person::Person;
use crate::support::{SOON, until};

#[test]
fn who_is_answering_goes_on_while_the_database_is_away_and_all_of_it_is_stored() {
    let site = site();
    let server = site.serve(&["spool.use=always"]);
    let (told, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    assert_eq!(asked(&answer(&mut customer, &path, "csat", "4")), "topic");
    let hold = Connection::open(site.database()).unwrap();
    hold.busy_timeout(SOON).unwrap();
    hold.execute_batch("BEGIN IMMEDIATE").unwrap();
    until("the spool takes the answer", || {
        // Until the node has noticed, it may say that it could not be stored; then it is sent once more.
        let sent = customer.form(&path, &[("question", "topic"), ("value", "bill")]);
        assert!(matches!(sent.status, 303 | 503), "{sent:?}");
        assert!(sent.status == 303 || sent.body.contains(r#"value="bill" checked"#), "{sent:?}");
        sent.status == 303
    });
    assert_eq!(asked(&answer(&mut customer, &path, "solved", "1")), "recommend");
    assert_eq!(asked(&customer.get(&path)), "recommend", "the link is known here");
    let unknown = customer.get("/s/0aB3dE6gH9jK2m");
    assert_eq!(unknown.status, 503, "of a link that was not used here nothing can be said");
    assert!(unknown.body.contains("One moment, please"), "{unknown:?}");
    assert_eq!(
        ask(&server, &json!({"service": "Website"})).status,
        503,
        "no link is made that nobody could open"
    );
    hold.execute_batch("ROLLBACK").unwrap();
    let all = ["csat=4", "solved=1", "topic=bill"].map(str::to_owned).to_vec();
    until("what was spooled is stored", || stored(&site, &told).1 == all);
    let thanks = answer(&mut customer, &path, "recommend", "10");
    assert!(thanks.body.contains("<h1>Thank you</h1>"), "{}", thanks.body);
    until("the end is stored", || stored(&site, &told).0 == "complete");
}
