//! The portal as people have it: sign-in, sessions, rights, users, the audit log, over real HTTP.

mod away;
mod rights;
mod sign_in;
mod users;

use super::support::person::Person;
use super::support::{Server, Site, until};

/// A server, and its first administrator signed in.
fn opened(site: &Site, settings: &[&str]) -> (Server, Person) {
    let server = site.serve(settings);
    let mut admin = Person::at(&server.portal());
    let mut link = None;
    until("the first link is told", || {
        link = server.logged_field("link");
        link.is_some()
    });
    admin.comes_by(&link.unwrap(), "admin");
    (server, admin)
}
