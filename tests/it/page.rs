//! The customer's page, on the real server, as a browser without scripts meets it.

mod away;
mod flow;
mod guards;
mod links;

use reqwest::Method;
use serde_json::{Value, json};

use super::files::top;
use super::support::http::{Reply, read};
use super::support::person::Person;
use super::support::store::Stored;
use super::support::{Server, Site, block_on};

/// A site whose chats on `Website` are asked the demo's survey of every kind of question, with a key of the scope chat.
fn site() -> Site {
    let mut site = Site::empty();
    let secret = site.run(&["apikey", "create", "chats", "--scope", "chat"]);
    secret.trim().clone_into(&mut site.key);
    let survey = top().join("static/demo/website.json");
    site.run(&["survey", "import", survey.to_str().unwrap(), "--publish"]);
    site.run(&["service", "add", "Website", "--channel", "chat"]);
    site.run(&["survey", "activate", "website", "Website"]);
    site
}

/// Asks for a link.
fn ask(server: &Server, body: &Value) -> Reply {
    let request = server.http().fresh().request(Method::POST, "/api/v1/links");
    block_on(read(request.header("content-type", "application/json").body(body.to_string()))).unwrap()
}

/// A link of a customer, and the path of its page.
fn link(server: &Server) -> (Value, String) {
    let reply = ask(server, &json!({"service": "Website", "lang": "en"}));
    assert_eq!(reply.status, 200, "{reply:?}");
    let told = reply.json();
    let path = path_of(&told);
    (told, path)
}

fn path_of(told: &Value) -> String {
    let url = told["url"].as_str().unwrap();
    url[url.find("/s/").unwrap()..].to_owned()
}

/// Where a reply leads, under the same path.
fn leads_to(path: &str, reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{reply:?}");
    format!("{path}{}", reply.header("location"))
}

/// Sends a form and goes where it leads.
fn answer(customer: &mut Person, path: &str, question: &str, value: &str) -> Reply {
    let sent = customer.form(path, &[("question", question), ("value", value), ("act", "next")]);
    customer.get(&leads_to(path, &sent))
}

/// The key of the question that a page asks.
fn asked(page: &Reply) -> &str {
    let rest = page.body.split_once(r#"name="question" value=""#).map_or("", |(_, rest)| rest);
    rest.split('"').next().unwrap()
}

/// What is stored of a response: its state, and its answers as `key=value`, by key.
fn stored(site: &Site, told: &Value) -> (String, Vec<String>) {
    let id = told["response_id"].as_str().unwrap();
    let stored = Stored::open(&site.database());
    let answers = stored.answers(id).into_iter().map(|(key, value)| format!("{key}={value}"));
    (stored.state(id).unwrap(), answers.collect())
}
