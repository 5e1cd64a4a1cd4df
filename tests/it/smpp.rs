//! The session to a gateway that speaks SMPP, against a gateway of another maker's: what is sent, what comes back, and lines
//! that break.

mod coming;
mod lines;
mod sending;

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use aftercall::domain::sms::{Writing, encode};
use aftercall::foundation::{
    Backoff, Clock, OnUnknown, Secret, SmppGateway, SmsRoute, SystemChance, SystemClock,
};
use aftercall::outbound::sms::smpp::{SmppLink, TakeInbound};
use aftercall::outbound::sms::{Gateway, Inbound, LineState, Submission, Verdict};
use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::{Either, select};
use serde_json::{Value, json};

use super::support::disk::skipped;
use super::support::smsc::Smsc;
use super::support::{block_on, until_then};

const PASSWORD: &str = "sesame!7";
const TO: &str = "+447700900123";

/// A gateway, a link to it, and what came from it.
struct Stage {
    smsc: Smsc,
    link: SmppLink,
    came: Rc<RefCell<Vec<Inbound>>>,
    /// Whether what comes is stored.
    stores: Rc<Cell<bool>>,
}

impl Stage {
    async fn up(&self) {
        until_then("the line is up", async || self.link.line() == LineState::Up).await;
    }

    async fn submit(&self, text: &str) -> Verdict {
        self.link.submit(message(text, 1)).await
    }

    /// Waits for something that the gateway saw.
    async fn sees(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
        let last = RefCell::new(Value::Null);
        until_then(what, async || {
            *last.borrow_mut() = self.smsc.seen().await;
            holds(&last.borrow())
        })
        .await;
        last.into_inner()
    }

    /// Waits until so much came.
    async fn came(&self, many: usize) -> Vec<Inbound> {
        until_then("something comes", async || self.came.borrow().len() >= many).await;
        self.came.borrow().clone()
    }
}

fn route() -> SmsRoute {
    SmsRoute {
        name: "test".to_owned(),
        prefixes: Vec::new(),
        order: 1,
        senders: Vec::new(),
        parts_per_s: 1_000,
        window: 10,
        timeout: Duration::from_secs(20),
        on_unknown: OnUnknown::Hold,
        receipts: true,
    }
}

fn gateway(port: u16) -> SmppGateway {
    let gateway = SmppGateway::new("127.0.0.1", port, "aftercall", Secret::new(PASSWORD.to_owned()));
    let reconnect = Backoff { min: Duration::from_millis(20), max: Duration::from_millis(200) };
    SmppGateway { reconnect, ..gateway }
}

/// A message; each of another number has another key.
fn message(text: &str, number: u16) -> Submission {
    let writing = Writing { transliterate: false, parts_most: 10 };
    Submission {
        key: format!("{number:032x}"),
        to: TO.to_owned(),
        from: "12345".to_owned(),
        text: text.to_owned(),
        encoded: encode(text, writing).unwrap(),
        reference: 0x0102,
        expires_at: SystemClock::new().now() + TimeDelta::hours(1),
    }
}

/// A link, what came by it, and whether that is stored.
fn link(
    route: &SmsRoute,
    gateway: SmppGateway,
) -> (Stage0, futures_util::future::LocalBoxFuture<'static, ()>) {
    let came: Rc<RefCell<Vec<Inbound>>> = Rc::default();
    let stores = Rc::new(Cell::new(true));
    let (into, takes) = (Rc::clone(&came), Rc::clone(&stores));
    let take: TakeInbound = Rc::new(move |inbound| {
        into.borrow_mut().push(inbound);
        let is_stored = takes.get();
        async move { is_stored }.boxed_local()
    });
    let (link, work) =
        SmppLink::new(route, gateway, Arc::new(SystemClock::new()), Arc::new(SystemChance), take);
    (Stage0 { link, came, stores }, work)
}

/// A link without a gateway of ours.
struct Stage0 {
    link: SmppLink,
    came: Rc<RefCell<Vec<Inbound>>>,
    stores: Rc<Cell<bool>>,
}

/// Polls the work beside the test, up to the test's end.
async fn beside<T>(work: impl Future<Output = ()>, test: impl Future<Output = T>) -> T {
    match select(std::pin::pin!(work), std::pin::pin!(test)).await {
        Either::Left(((), test)) => test.await,
        Either::Right((done, _)) => done,
    }
}

/// Plays with a gateway of these manners.
fn play(
    name: &str,
    manners: Value,
    change: impl FnOnce(&mut SmppGateway, &mut SmsRoute),
    test: impl AsyncFnOnce(&Stage),
) {
    if !Smsc::can_run() {
        return skipped(&format!("smpp: {name}"), "node and npm are not installed");
    }
    block_on(async {
        let smsc = Smsc::start();
        smsc.manners(manners).await;
        let (mut gateway, mut route) = (gateway(smsc.port), route());
        change(&mut gateway, &mut route);
        let (Stage0 { link, came, stores }, work) = link(&route, gateway);
        let stage = Stage { smsc, link, came, stores };
        beside(work, test(&stage)).await;
    });
}

fn as_is(_: &mut SmppGateway, _: &mut SmsRoute) {}
