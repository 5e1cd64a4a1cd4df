//! The plug is pulled, again and again: whatever was acknowledged is there afterwards, once.

use std::time::{Duration, Instant};

use aftercall::foundation::{Chance, SeededChance};

use super::support::callers::{Callers, Record};
use super::support::store::Stored;
use super::support::{Server, Site, block_on, until_then};

const LANES: u64 = 2;
const ROUNDS_PER_LANE: u64 = 26;
/// Callers at once in a lane.
const CALLERS: usize = 12;

/// A small log, so that some plugs are pulled while it is folded into the file.
const SETTINGS: [&str; 4] = [
    "ivr_api.deadline_ms=10000",
    "ivr_api.rate_per_key_per_s=1000000",
    "ivr_api.rate_burst=1000000",
    "database.checkpoint_pages=1000",
];

/// What a lane saw.
#[derive(Default)]
struct Seen {
    acknowledged: u64,
    without_a_reply: usize,
    slowest_start: Duration,
}

#[test]
fn fifty_pulled_plugs_under_load_lose_no_acknowledged_answer_and_store_none_twice() {
    let lanes: Vec<_> = (0..LANES).map(|lane| std::thread::spawn(move || run_lane(lane))).collect();
    let (mut acknowledged, mut without_a_reply) = (0, 0);
    // All are waited for before one may fail the test: a lane that is left behind leaves its server behind.
    let lanes: Vec<_> = lanes.into_iter().map(std::thread::JoinHandle::join).collect();
    for seen in lanes.into_iter().map(Result::unwrap) {
        println!("ready again after at most {} ms", seen.slowest_start.as_millis());
        acknowledged += seen.acknowledged;
        without_a_reply += seen.without_a_reply;
    }
    println!("{acknowledged} requests acknowledged, {without_a_reply} cut off");
    assert!(without_a_reply > 0, "no plug was pulled while a request was under way");
}

fn run_lane(lane: u64) -> Seen {
    let (site, chance) = (Site::new(), SeededChance::new(lane));
    let (mut records, mut seen) = (Vec::new(), Seen::default());
    for pull in 0..ROUNDS_PER_LANE {
        let begun = Instant::now();
        let server = site.serve(&SETTINGS);
        seen.slowest_start = seen.slowest_start.max(begun.elapsed());
        repeat_what_was_cut_off(&server, &mut records);
        Stored::open(&site.database()).verify(&records);
        let callers = Callers::new(server.http(), &format!("{lane}-{pull}")).until_the_plug_is_pulled();
        // In some rounds the very first requests are cut off.
        let (enough, moment) = (chance.below(240), Duration::from_micros(chance.below(4_000)));
        block_on(async {
            let plug = async {
                until_then("enough is acknowledged", async || callers.acknowledged() >= enough).await;
                tokio::time::sleep(moment).await;
                server.kill();
            };
            futures_util::join!(callers.call(CALLERS), plug);
        });
        seen.acknowledged += callers.acknowledged();
        let (round, problems) = callers.records_and_problems();
        assert!(problems.is_empty(), "refused: {}", problems[0]);
        seen.without_a_reply += round.iter().filter(|record| record.unsure.is_some()).count();
        records.extend(round);
        Stored::open(&site.database()).verify(&records);
    }
    let stored = Stored::open(&site.database());
    stored.sound();
    let offered = records.iter().filter(|record| record.response.is_some()).count();
    let unsure = records.iter().filter(|record| record.response.is_none()).count();
    let responses = usize::try_from(stored.count("SELECT count(*) FROM response")).unwrap();
    assert!(
        (offered..=offered + unsure).contains(&responses),
        "{offered}, {unsure} unsure, {responses} stored"
    );
    seen
}

/// A careful script sends again what it had no reply to. An offer that is asked again is the same response.
fn repeat_what_was_cut_off(server: &Server, records: &mut [Record]) {
    let cut_off = records.iter_mut().filter(|record| record.response.is_none());
    for record in cut_off.take(1) {
        record.response = Some(server.offer(&record.call));
        record.unsure = None;
    }
}
