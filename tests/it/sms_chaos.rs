//! Two thousand invites through two nodes while senders are killed: none is lost, and what may have been sent twice is counted.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::json;

use super::support::gateway::{Asked, HttpGatewayDouble, Manner};
use super::support::store::Stored;
use super::support::{Server, Site, block_on, until_within};

const INVITES: usize = 2_000;
const KILLS: usize = 20;
/// Invites asked for at once.
const AT_ONCE: usize = 16;
/// The fast times of a lease, and a sender that is quick to look.
const SETTINGS: [&str; 11] = [
    "lease.ttl_ms=5000",
    "lease.renew_ms=1000",
    "lease.timeout_ms=1000",
    "lease.stop_ms=3500",
    "lease.look_ms=500",
    "sms.quiet_from=00:00",
    "sms.quiet_until=24:00",
    "sms.every_ms=50",
    "sms.retry_s=1",
    "log.level=trace",
    "supervision.restarts_max=100",
];
/// How long the whole may take: what is sent once more waits a minute for a receipt.
const ENDS_WITHIN: Duration = Duration::from_mins(4);

/// Chance that is the same in each run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

fn number(no: usize) -> String {
    format!("+3460{no:07}")
}

fn site(gateway: &HttpGatewayDouble, on_unknown: &str) -> Site {
    let site = Site::new();
    site.publish(&json!({
        "format": "aftercall.survey/1", "key": "sms", "name": "How was it", "languages": ["en"], "voice": "tts",
        "questions": [{"key": "first", "type": "rating", "scale": "1-5", "text": {"en": "How was the call?"}}],
        "invitation": {"text": {"en": "Tell us: {link}"}, "consent": "assumed"},
    }));
    site.run(&["service", "add", "Sales", "--dn", "7001"]);
    site.run(&["survey", "activate", "sms", "Sales"]);
    let folder = site.scratch("routes");
    std::fs::create_dir(&folder).unwrap();
    let file = format!(
        "timeout_s = 5\nwindow = 16\nparts_per_s = 400\nreceipts = false\non_unknown = \"{on_unknown}\"\n[senders]\n\"+\" = \"Acme\"\n\
         [http]\npreset = \"kannel\"\nurl = \"{}/cgi-bin/sendsms\"\nusername = \"u\"\npassword = \"p\"\nconnect_timeout_s = 1\n",
        gateway.url()
    );
    std::fs::write(folder.join("main.toml"), file).unwrap();
    site
}

/// The two nodes of a site, each at an address of its own that it has again after it was killed.
struct Nodes {
    sites: [Site; 2],
    ports: [u16; 2],
    routes: String,
    servers: [Option<Server>; 2],
    /// What the killed ones had said.
    logs: Vec<String>,
}

impl Nodes {
    fn start(first: Site) -> Self {
        let routes = format!("sms.routes_folder={}", first.scratch("routes").display());
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let second = first.beside();
        let mut nodes = Self {
            sites: [first, second],
            ports: [free(), free()],
            routes,
            servers: [None, None],
            logs: Vec::new(),
        };
        (0..2).for_each(|no| nodes.begin(no));
        nodes
    }

    fn begin(&mut self, no: usize) {
        let name = format!("node.name=n{no}");
        let settings: Vec<&str> =
            SETTINGS.iter().copied().chain([self.routes.as_str(), name.as_str()]).collect();
        self.servers[no] = Some(self.sites[no].serve_at(&format!("127.0.0.1:{}", self.ports[no]), &settings));
    }

    /// Kills the node outright, and starts it again.
    fn kill(&mut self, no: usize) {
        let server = self.servers[no].take().unwrap();
        self.logs.push(server.log());
        server.kill();
        self.begin(no);
    }

    /// Has the sender of a node crash within its process.
    fn crash(&self, no: usize) {
        let reply =
            self.servers[no].as_ref().unwrap().post("/drill/v1/crash?child=sms_sender&kind=panic", &[]);
        assert_eq!(reply.status, 200, "{reply:?}");
    }
}

/// Asks for all invites at whichever node answers, each until it is decided.
fn invite_all(ports: [u16; 2], key: &str) {
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build().unwrap();
    let one = async |no: usize| {
        let body =
            json!({"service": "Sales", "number": number(no), "reference": format!("r-{no}")}).to_string();
        for attempt in 0.. {
            let url = format!("http://127.0.0.1:{}/api/v1/invites", ports[(no + attempt) % 2]);
            let asked = client.post(&url).header("x-api-key", key).body(body.clone()).send().await;
            match asked {
                Ok(reply) if reply.status() == 200 => {
                    let told: serde_json::Value = reply.json().await.unwrap();
                    assert_eq!(told["code"], "offered", "{told}");
                    return;
                }
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
        }
    };
    block_on(stream::iter(0..INVITES).map(one).buffer_unordered(AT_ONCE).for_each(async |()| {}));
}

/// What the run came to.
struct Outcome {
    /// How often the gateway took a message to each number.
    taken: HashMap<String, usize>,
    /// Numbers whose message is held, and those that count as sent once more.
    held: Vec<String>,
    doubled: Vec<String>,
}

fn chaos(on_unknown: &'static str, seed: u64) -> Outcome {
    let taken = Arc::new(Mutex::new(HashMap::<String, usize>::new()));
    let count = Arc::new(AtomicUsize::new(0));
    let (noted, counted) = (Arc::clone(&taken), Arc::clone(&count));
    let gateway = HttpGatewayDouble::start(move |asked: &Asked| {
        let to = asked.query("to").unwrap();
        *noted.lock().unwrap().entry(to).or_default() += 1;
        // An answer takes its time: what is killed meanwhile was taken, and nobody has heard of it.
        std::thread::park_timeout(Duration::from_millis(
            5 + (counted.fetch_add(1, Ordering::AcqRel) % 7) as u64 * 5,
        ));
        Manner::text(202, "0: Accepted for delivery")
    });
    let mut nodes = Nodes::start(site(&gateway, on_unknown));
    let (ports, key) = (nodes.ports, nodes.sites[0].key.clone());
    let asked = Arc::new(AtomicBool::new(false));
    let all_asked = Arc::clone(&asked);
    let inviting = std::thread::spawn(move || {
        invite_all(ports, &key);
        all_asked.store(true, Ordering::Release);
    });
    let stored = Stored::open(&nodes.sites[0].database());
    let mut dice = Dice(seed);
    let (mut killed, mut crashed) = (0, 0);
    for kill in 0..KILLS {
        let wanted = INVITES * (kill + 1) / (KILLS + 2) + usize::try_from(dice.below(20)).unwrap();
        until_within(ENDS_WITHIN, "messages go out", || count.load(Ordering::Acquire) >= wanted);
        let holder = stored.texts("SELECT COALESCE(holder_name, '') FROM lease WHERE role = 'sms_sender'");
        let no = usize::from(holder == ["n1"]);
        if dice.below(3) == 0 {
            nodes.crash(no);
            crashed += 1;
        } else {
            nodes.kill(no);
            killed += 1;
        }
    }
    inviting.join().unwrap();
    assert!(asked.load(Ordering::Acquire));
    let waits = "SELECT COUNT(*) FROM outbox WHERE state IN ('queued', 'claimed', 'submitting')";
    until_within(ENDS_WITHIN, "nothing waits any more", || stored.count(waits) == 0);
    let numbers = |sql: &str| stored.texts(sql);
    let outcome = Outcome {
        taken: taken.lock().unwrap().clone(),
        held: numbers("SELECT number FROM outbox WHERE state = 'unknown'"),
        doubled: numbers("SELECT number FROM outbox WHERE doubles > 0"),
    };
    let logs: Vec<String> =
        nodes.logs.iter().cloned().chain(nodes.servers.iter().flatten().map(Server::log)).collect();
    no_secrets(&logs);
    let twice = outcome.taken.values().filter(|times| **times > 1).count();
    println!(
        "{on_unknown}: {killed} nodes killed, {crashed} senders crashed; {} of {INVITES} taken, {twice} twice, {} held, {} counted as double",
        outcome.taken.len(),
        outcome.held.len(),
        outcome.doubled.len()
    );
    outcome
}

/// No number, no link and no text stands in any log, however much is told.
fn no_secrets(logs: &[String]) {
    assert!(logs.iter().any(|log| log.contains("\"TRACE\"")), "all is told");
    for log in logs {
        for line in log.lines() {
            let holds = line.contains("3460") && (0..INVITES).any(|no| line.contains(&number(no)[1..]));
            assert!(!holds && !line.contains("Tell us") && !line.contains("/s/"), "{line}");
        }
    }
}

fn times(outcome: &Outcome, number: &str) -> usize {
    outcome.taken.get(number).or_else(|| outcome.taken.get(&number[1..])).copied().unwrap_or(0)
}

#[test]
fn where_unknown_messages_are_held_none_is_sent_twice_and_each_is_sent_or_shown() {
    let outcome = chaos("hold", 1);
    for no in 0..INVITES {
        let number = number(no);
        let times = times(&outcome, &number);
        assert!(times <= 1, "{number} got {times}");
        assert!(times == 1 || outcome.held.contains(&number), "{number} is lost");
    }
    assert!(!outcome.held.is_empty(), "kills that hit nothing prove nothing");
    assert!(outcome.doubled.is_empty());
}

#[test]
fn where_unknown_messages_are_sent_again_none_is_lost_and_doubles_are_counted() {
    let outcome = chaos("resend", 2);
    let mut twice = 0;
    for no in 0..INVITES {
        let number = number(no);
        let times = times(&outcome, &number);
        assert!(times >= 1 || outcome.held.contains(&number), "{number} is lost");
        assert!(
            times <= 1 || outcome.doubled.contains(&number),
            "{number} got {times}, which nobody counted"
        );
        twice += usize::from(times > 1);
    }
    assert!(twice > 0, "kills that hit nothing prove nothing");
}
