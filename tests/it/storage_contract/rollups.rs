//! The cases of figures that are counted ahead.

use std::collections::{BTreeMap, BTreeSet};

use aftercall::domain::report::{Period, gaps};
use aftercall::storage::{Erasure, Narrowed};

use super::archive::erasure;
use super::reports::{GROUPS, ONE_PAGE, mixed_responses, some_responses, state_counts, tallies};
use super::*;

const ZONE: &str = "Etc/UTC";

/// Minutes from [`start`] on that are a period.
fn period(from: i64, until: i64) -> Period {
    Period { from: minute(from), until: minute(until) }
}

/// Plans periods, as if it were long ago.
async fn plan(engine: &Engine, periods: &[Period]) {
    engine.storage.plan_rollups(Vec::new(), periods.to_vec(), ZONE.into()).await.unwrap();
    engine.execute("UPDATE rollup_period SET made_at = 0").await;
}

async fn count(engine: &Engine, fence: Fence, periods: &[Period]) {
    for period in periods {
        assert!(engine.storage.count_rollup(fence, *period).await.unwrap(), "{period:?}");
    }
}

/// Whether each period's figures hold.
async fn hold(storage: &dyn Storage) -> Vec<bool> {
    storage.rollup_periods().await.unwrap().iter().map(aftercall::storage::RollupPeriod::holds).collect()
}

type Sums = BTreeMap<String, u64>;

/// What a report counts: of all its answers and responses, or with what was counted ahead and the rest.
async fn sums(storage: &dyn Storage, filter: &ReportFilter, ahead: bool) -> Sums {
    let mut sums = Sums::new();
    let mut add = |rows: Vec<TallyRow>, states: Vec<StateCountRow>| {
        for row in rows {
            let group = (row.group.survey, row.group.key);
            let key = format!("{group:?} {} {} {:?}", row.version, row.question_key, row.value);
            *sums.entry(key).or_default() += row.n;
        }
        for row in states {
            let key = format!("{:?} {:?}", (row.group.survey, row.group.key), row.state);
            *sums.entry(key).or_default() += row.n;
        }
    };
    let mut periods = Vec::new();
    if ahead {
        let counted = storage.counted_ahead(filter.clone(), ZONE.into()).await.unwrap();
        add(counted.tallies, counted.states);
        periods = counted.periods;
    }
    for (from, until) in gaps((filter.from, filter.until), &periods) {
        let filter = ReportFilter { from, until, ..filter.clone() };
        let rows = tallies(storage, filter.clone(), ONE_PAGE).await;
        add(rows, state_counts(storage, filter, ONE_PAGE).await);
    }
    sums
}

/// Periods stand for their first quarter of an hour: here each is one.
const QUARTERS: i64 = 15;

pub async fn what_is_counted_ahead_and_the_rest_are_what_is_counted_at_once(engine: &Engine) {
    let (storage, fence) = (&*engine.storage, lead(&*engine.storage).await);
    let grounds = mixed_responses(engine).await;
    let begins = (900_000 - start().timestamp_millis().rem_euclid(900_000)) % 900_000;
    let quarter = |no: i64| {
        let from = start() + TimeDelta::milliseconds(begins) + TimeDelta::minutes(QUARTERS * no);
        Period { from, until: from + TimeDelta::minutes(QUARTERS) }
    };
    let periods: Vec<Period> = (0..15).filter(|no| no % 4 != 2).map(quarter).collect();
    plan(engine, &periods).await;
    count(engine, fence, &periods).await;
    let narrowed = [
        Narrowed::default(),
        Narrowed { agent: Some("aB".into()), ..Narrowed::default() },
        Narrowed { team: Some("🎧".into()), channel: Some(Channel::Voice), ..Narrowed::default() },
        Narrowed { service: Some("All".into()), language: Some("en".into()), ..Narrowed::default() },
        Narrowed { queue: Some("none".into()), ..Narrowed::default() },
    ];
    let all = ReportFilter::default();
    let mut filters: Vec<ReportFilter> =
        narrowed.into_iter().map(|narrowed| ReportFilter { narrowed, ..all.clone() }).collect();
    filters.extend([
        ReportFilter { survey: Some(grounds[2].survey), ..all.clone() },
        ReportFilter { from: Some(minute(40)), until: Some(minute(130)), ..all.clone() },
        ReportFilter { teams: Some(vec!["فريق".into(), "A".into()]), ..all.clone() },
        ReportFilter { teams: Some(Vec::new()), ..all.clone() },
    ]);
    for group in GROUPS {
        for filter in &filters {
            let filter = ReportFilter { group, ..filter.clone() };
            let ahead = storage.counted_ahead(filter.clone(), ZONE.into()).await.unwrap();
            let expected = match filter.from {
                // Of hours, agents are counted when they are asked for.
                None if group == ReportGroup::Hour && filter.narrowed.agent.is_some() => 0,
                None => periods.len(),
                Some(_) => 4,
            };
            assert_eq!(ahead.periods.len(), expected, "{filter:?}");
            assert_eq!(sums(storage, &filter, true).await, sums(storage, &filter, false).await, "{filter:?}");
        }
    }
    let filter = ReportFilter::default();
    let nothing = storage.counted_ahead(filter.clone(), "Asia/Riyadh".into()).await.unwrap();
    assert_eq!(nothing, aftercall::storage::CountedAhead::default(), "days of another zone are other days");
    let tallied: u64 =
        storage.counted_ahead(filter, ZONE.into()).await.unwrap().tallies.iter().map(|r| r.n).sum();
    assert!(tallied > 50, "{tallied}: most was counted ahead");
}

pub async fn whatever_changes_a_response_its_periods_figures_hold_no_longer(engine: &Engine) {
    let (storage, fence) = (&*engine.storage, lead(&*engine.storage).await);
    let ground = Ground::with_survey(storage, "csat").await;
    let caller = |at: i64, customer: &str| OfferRow {
        facts: CallFacts { customer: number(customer), ..CallFacts::default() },
        ..ground.offer(minute(at))
    };
    ground.answered(storage, caller(1, "+1"), &[AnswerValue::Number(1)]).await;
    ground.answered(storage, caller(11, "+2"), &[AnswerValue::Number(2)]).await;
    let open = caller(12, "+3");
    storage.insert_offer(open.clone()).await.unwrap();
    let idle = caller(13, "+4");
    storage.insert_offer(idle).await.unwrap();
    let periods = [period(0, 10), period(10, 20)];
    plan(engine, &periods).await;
    assert_eq!(hold(storage).await, [false, false], "nothing is counted yet");
    let again = async |what: &str, expected: [bool; 2]| {
        assert_eq!(hold(storage).await, expected, "{what}");
        let filter = ReportFilter::default();
        assert_eq!(sums(storage, &filter, true).await, sums(storage, &filter, false).await, "{what}");
        for (period, holds) in periods.into_iter().zip(expected) {
            assert!(storage.count_rollup(fence, period).await.unwrap(), "{what}, {holds}");
        }
        assert_eq!(hold(storage).await, [true, true], "{what}");
    };
    again("planned", [false, false]).await;
    storage.insert_offer(caller(30, "+5")).await.unwrap();
    again("another time's", [true, true]).await;
    storage.insert_offer(caller(15, "+6")).await.unwrap();
    again("a response began", [true, false]).await;
    let said = update(open.id, 0, ResponseState::Complete, vec![answer(0, AnswerValue::Number(4))]);
    assert_eq!(storage.update_response(said).await.unwrap(), UpdateOutcome::Stored);
    again("an answer came", [true, false]).await;
    let corrected = update(open.id, 1, ResponseState::Complete, vec![answer(0, AnswerValue::Number(5))]);
    assert_eq!(storage.update_response(corrected).await.unwrap(), UpdateOutcome::Stored);
    again("an answer was corrected", [true, false]).await;
    assert_eq!(storage.close_idle(fence, minute(14), minute(100), 10).await.unwrap(), 1);
    again("a response was ended", [true, false]).await;
    assert_eq!(storage.delete_responses(fence, ground.survey, minute(5), 10).await.unwrap(), 1);
    again("its time was over", [false, true]).await;
    let gone = storage.erase_customer("+2".into(), Erasure::Delete, erasure(1, Erasure::Delete)).await;
    gone.unwrap();
    again("a customer was forgotten", [true, false]).await;
    let words = storage.erase_customer("+3".into(), Erasure::Anonymise, erasure(2, Erasure::Anonymise)).await;
    words.unwrap();
    let filter = ReportFilter::default();
    assert_eq!(sums(storage, &filter, true).await, sums(storage, &filter, false).await, "anonymous");
}

pub async fn a_period_is_counted_under_the_lease_and_as_it_was_planned_only(engine: &Engine) {
    let (storage, fence) = (&*engine.storage, lead(&*engine.storage).await);
    let ground = Ground::with_survey(storage, "csat").await;
    some_responses(storage, ground).await;
    let hour = period(0, 60);
    assert_eq!(storage.oldest_response().await.unwrap(), Some(start()));
    assert!(!storage.count_rollup(fence, hour).await.unwrap(), "nobody planned it");
    plan(engine, &[hour]).await;
    let other = Fence { epoch: fence.epoch + 1, ..fence };
    assert!(!storage.count_rollup(other, hour).await.unwrap(), "another epoch");
    assert!(!storage.count_rollup(fence, period(0, 30)).await.unwrap(), "another end");
    assert_eq!(hold(storage).await, [false]);
    count(engine, fence, &[hour]).await;
    let of_agents = ReportFilter { group: ReportGroup::Agent, ..ReportFilter::default() };
    let ahead = storage.counted_ahead(of_agents.clone(), ZONE.into()).await.unwrap();
    let keys: BTreeSet<_> = ahead.states.iter().map(|row| row.group.key.clone()).collect();
    assert_eq!(keys, BTreeSet::from([None, Some("1001".into()), Some("1002".into())]));
    storage.plan_rollups(vec![hour], vec![period(60, 70)], ZONE.into()).await.unwrap();
    let ahead = storage.counted_ahead(of_agents, ZONE.into()).await.unwrap();
    assert_eq!(ahead, aftercall::storage::CountedAhead::default(), "it was taken away");
    assert_eq!(storage.rollup_periods().await.unwrap().len(), 1);
}

pub async fn what_is_counted_while_callers_answer_is_right_whenever_it_holds(engine: &Engine) {
    const CALLERS: usize = 4;
    const ANSWERS: usize = 60;
    let (storage, fence) = (Arc::clone(&engine.storage), lead(&*engine.storage).await);
    let ground = Ground::with_survey(&*storage, "csat").await;
    let hour = period(0, 60);
    plan(engine, &[hour]).await;
    let callers: Vec<_> = (0..CALLERS)
        .map(|caller| {
            let storage = Arc::clone(&storage);
            #[expect(clippy::disallowed_methods, reason = "the test awaits its tasks itself")]
            tokio::spawn(async move {
                for n in 0..ANSWERS {
                    let at = minute(i64::try_from((n + caller) % 60).unwrap());
                    ground.answered(&*storage, ground.offer(at), &[AnswerValue::Number(1)]).await;
                }
            })
        })
        .collect();
    let mut counted = 0;
    while !callers.iter().all(tokio::task::JoinHandle::is_finished) {
        let filter = ReportFilter::default();
        let ahead = storage.counted_ahead(filter.clone(), ZONE.into()).await.unwrap();
        let n: u64 = ahead.states.iter().map(|row| row.n).sum();
        let now: u64 = state_counts(&*storage, filter, ONE_PAGE).await.iter().map(|row| row.n).sum();
        assert!(n <= now, "{n} counted ahead, {now} there");
        counted += u32::from(storage.count_rollup(fence, hour).await.unwrap());
        tokio::task::yield_now().await;
    }
    for caller in callers {
        caller.await.unwrap();
    }
    while !storage.count_rollup(fence, hour).await.unwrap() {}
    let ahead = storage.counted_ahead(ReportFilter::default(), ZONE.into()).await.unwrap();
    let n: u64 = ahead.tallies.iter().map(|row| row.n).sum();
    assert_eq!(n, (CALLERS * ANSWERS) as u64, "counted {counted} times before");
}
