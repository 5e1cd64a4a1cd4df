//! The portal as people have it: sign-in, sessions, rights, users, the audit log, over real HTTP.

mod away;
mod events;
mod prompts;
mod report_files;
mod report_mails;
mod responses;
mod rights;
mod second_factor;
mod sign_in;
mod single_sign_on;
mod surveys;
mod users;

use super::support::person::Person;
use super::support::{Server, Site, until};

/// Somebody in a role, called after it, signed in.
fn joined(site: &Site, server: &Server, role: &str) -> Person {
    let name = format!("a-{role}");
    let link = site.run(&["user", "add", &name, "--role", role]);
    let mut person = Person::at(&server.portal());
    let token = link.trim().split_once("/link/").unwrap().1.to_owned();
    person.comes_by(&format!("{}/link/{token}", server.portal()), &name);
    person
}

/// A server, and its first administrator signed in.
fn opened(site: &Site, settings: &[&str]) -> (Server, Person) {
    let server = site.serve(settings);
    let mut admin = Person::at(&server.portal());
    let mut link = None;
    until("the first link is told", || {
        link = server.logged_field("link");
        link.is_some()
    });
    // The link begins where people reach the portal, which need not be here.
    let (_, token) = link.as_deref().unwrap().split_once("/link/").unwrap();
    admin.comes_by(&format!("{}/link/{token}", server.portal()), "admin");
    (server, admin)
}
