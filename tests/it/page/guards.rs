//! What stands before the page: links that lead nowhere, who asks too fast, other sites, and what is told to nobody.

use reqwest::Method;
use serde_json::json;

use super::{answer, ask, asked, link, path_of, site, stored};
use crate::support::http::read;
use crate::support::person::Person;
use crate::support::store::Stored;
use crate::support::{Server, block_on};

/// A token of the right form that nobody has.
const NOBODYS: &str = "/s/0aB3dE6gH9jK2m";

fn raw(server: &Server, method: Method, path: &str, headers: &[(&str, &str)]) -> crate::support::http::Reply {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
    let request = client.unwrap().request(method, format!("{}{path}", server.portal()));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    block_on(read(request)).unwrap()
}

/// Ends the time of all links.
fn end_links(site: &crate::support::Site) {
    let file = rusqlite::Connection::open(site.database()).unwrap();
    file.busy_timeout(crate::support::SOON).unwrap();
    file.execute("UPDATE response_link SET expires_at = created_at", []).unwrap();
}

#[test]
fn every_page_is_kept_by_nobody_found_by_nobody_and_framed_by_nobody() {
    let site = site();
    let server = site.serve(&[]);
    let (_, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    let pages = [
        customer.get(&path),
        customer.get(&format!("{path}?go=1")),
        customer.get(NOBODYS),
        customer.form(&path, &[("question", "csat"), ("value", "9")]),
        customer.form(&path, &[("question", "csat"), ("value", "5")]),
    ];
    for page in &pages {
        for (name, value) in [
            ("x-robots-tag", "noindex, nofollow, noarchive"),
            ("referrer-policy", "no-referrer"),
            ("cache-control", "no-store"),
            ("x-frame-options", "DENY"),
            ("x-content-type-options", "nosniff"),
        ] {
            assert_eq!(page.header(name), value, "{name}: {page:?}");
        }
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
        assert!(!policy.contains("unsafe") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(
            !page.body.contains("<script") && !page.body.contains("style=") && !page.body.contains("<style")
        );
        assert_eq!(page.header("set-cookie"), "", "no cookie is needed");
    }
    assert!(pages[0].body.contains(r#"<meta name="robots" content="noindex, nofollow, noarchive">"#));
}

#[test]
fn unknown_and_expired_links_are_alike_and_a_used_one_says_thanks() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    answer(&mut customer, &path, "csat", "4");
    let done = path_of(&ask(&server, &json!({"service": "Website"})).json());
    for (question, value) in [("csat", "5"), ("topic", "bill"), ("solved", "1"), ("recommend", "9")] {
        answer(&mut customer, &done, question, value);
    }
    end_links(&site);
    let (unknown, expired) = (customer.get(NOBODYS), customer.get(&path));
    assert_eq!((unknown.status, expired.status), (404, 404));
    let names = |reply: &crate::support::http::Reply| {
        let mut names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
        names.sort_unstable();
        names
    };
    assert_eq!(names(&unknown), names(&expired));
    assert!(expired.body.contains("The time for this survey is over"), "{}", expired.body);
    assert!(unknown.body.contains("There is no survey here"), "{}", unknown.body);
    let late = customer.form(&path, &[("question", "topic"), ("value", "bill")]);
    assert_eq!(late.status, 404, "its time is over for answers too");
    assert_eq!(
        stored(&site, &told),
        ("in_progress".into(), vec!["csat=4".into()]),
        "what was answered is kept"
    );
    let used = customer.get(&done);
    assert!(used.status == 200 && used.body.contains("You have answered this survey already"), "{used:?}");
}

#[test]
fn whatever_is_no_link_has_the_page_of_an_unknown_one_in_the_browsers_language() {
    let site = site();
    let server = site.serve(&[]);
    let (_, path) = link(&server);
    let long = format!("/s/{}", "a".repeat(2000));
    let slash = format!("{path}/");
    let more = format!("{path}.");
    for odd in
        ["/s", "/s/", "/s/short", "/s/0aB3dE6gH9jK2-", "/s/%00%ff", "/s/a/b/c", &long, &slash, &more, NOBODYS]
    {
        let page = raw(&server, Method::GET, odd, &[("accept-language", "ar-EG,en;q=0.5")]);
        assert_eq!(page.status, 404, "{odd}");
        assert!(page.body.contains("لا يوجد استبيان هنا") && page.body.contains(r#"dir="rtl""#), "{odd}");
        let post = raw(&server, Method::POST, odd, &[]);
        assert!(post.status == 404 && post.body.contains("There is no survey here"), "{odd}: {post:?}");
    }
    for method in [Method::PUT, Method::DELETE] {
        assert_eq!(raw(&server, method, &path, &[]).status, 404);
    }
    let head = raw(&server, Method::HEAD, &path, &[]);
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(raw(&server, Method::HEAD, NOBODYS, &[]).status, 404);
}

#[test]
fn who_guesses_is_told_to_wait_and_a_link_that_works_is_shown_all_the_same() {
    let site = site();
    let server = site.serve(&[]);
    let (_, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    let guess = |no: usize| format!("/s/{no:014}");
    let refused = (0..400).map(|no| customer.get(&guess(no))).find(|page| page.status != 404).unwrap();
    assert_eq!(refused.status, 429);
    assert!(
        refused.header("retry-after") == "1" && refused.body.contains("One moment, please"),
        "{refused:?}"
    );
    assert_eq!(customer.get(&path).status, 200, "others share the address");
    end_links(&site);
    assert_eq!(customer.get(&path).status, 404);
}

#[test]
fn another_sites_page_answers_for_nobody() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let form = ("content-type", "application/x-www-form-urlencoded");
    for foreign in [
        ("origin", "https://evil.example"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let reply = raw(&server, Method::POST, &path, &[form, foreign]);
        assert_eq!(reply.status, 403, "{foreign:?}");
    }
    let own = server.portal();
    for ours in [("origin", "null"), ("origin", own.as_str()), ("sec-fetch-site", "same-origin")] {
        assert_eq!(raw(&server, Method::POST, &path, &[form, ours]).status, 303, "{ours:?}");
    }
    assert_eq!(stored(&site, &told).1, [] as [&str; 0]);
}

#[test]
fn a_form_larger_than_any_answer_is_refused() {
    let site = site();
    let server = site.serve(&[]);
    let (told, path) = link(&server);
    let mut customer = Person::at(&server.portal());
    let huge = "a".repeat(100_000);
    let reply = customer.form(&path, &[("question", "csat"), ("value", &*huge)]);
    assert_eq!(reply.status, 413);
    assert_eq!(stored(&site, &told).1, [] as [&str; 0]);
}

#[test]
fn the_style_is_kept_for_good_under_its_own_name_only() {
    let site = site();
    let server = site.serve(&[]);
    let page = Person::at(&server.portal()).get(NOBODYS).body;
    let style = page.split_once(r#"href="/s/page.css"#).unwrap().1.split('"').next().unwrap();
    let style = raw(&server, Method::GET, &format!("/s/page.css{style}"), &[]);
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), "public, max-age=31536000, immutable");
    assert_eq!(raw(&server, Method::GET, "/s/page.css?v=another", &[]).header("cache-control"), "no-store");
}

#[test]
fn no_log_of_any_level_and_no_row_holds_a_link() {
    let site = site();
    let server = site.serve(&["log.level=trace"]);
    let (told, path) = link(&server);
    let token = path.trim_start_matches("/s/").to_owned();
    let mut customer = Person::at(&server.portal());
    customer.get(&path);
    for (question, value) in [("csat", "5"), ("topic", "bill"), ("solved", "0"), ("why", "my secret words")] {
        answer(&mut customer, &path, question, value);
    }
    customer.get(&format!("{path}/"));
    assert_eq!(asked(&customer.get(&path)), "recommend");
    let log = server.log();
    assert!(log.contains("TRACE") && log.len() > 1000, "nothing was looked at");
    let lines: Vec<&str> =
        log.lines().filter(|line| line.contains(&token) || line.contains("my secret words")).collect();
    assert!(lines.is_empty(), "{lines:#?}");
    let stored = Stored::open(&site.database());
    let hashes = "SELECT COUNT(*) FROM response_link WHERE length(hash) = 32";
    assert_eq!(stored.count(hashes), 1);
    drop(server);
    for file in ["aftercall.db", "aftercall.db-wal"] {
        let Ok(bytes) = std::fs::read(site.data().join(file)) else { continue };
        assert!(!bytes.windows(token.len()).any(|window| window == token.as_bytes()), "{file} of {told}");
    }
}
