//! The janitor over a real database, with a clock that is turned by hand.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aftercall::actors::janitor::{Janitor, JanitorParts, JanitorSettings};
use aftercall::domain::contact::CallFacts;
use aftercall::domain::lease::Fence;
use aftercall::domain::prompt::PromptName;
use aftercall::domain::report::Period;
use aftercall::domain::response::{AnswerValue, ResponseState};
use aftercall::foundation::{
    Clock, ManualClock, PromptId, RecordingId, ResponseId, SystemChance, SystemClock, VersionId,
};
use aftercall::reports::{Breakdown, Query, gather_with_whole};
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{
    CatalogStore, DraftBase, InboundRow, NodeFacts, NodeStore, OfferRow, OutboxStore, PromptAudio,
    PromptForm, PromptRow, PromptStore, RecordingRow, RecordingStore, ResponseStore, ResponseUpdate,
    RollupPeriod, RollupStore, VersionRow,
};
use aftercall::supervise::{ChildSpec, Running, Tree, TreeSettings};
use chrono::{Days, TimeDelta};
use chrono_tz::Tz;
use serde_json::Value;

use crate::storage_contract::nodes::node;
use crate::storage_contract::{Ground, answer, lead, name, number, published, start, update};
use crate::support::until_then;

const IDLE: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// The lease as the janitor finds it.
struct Lease {
    /// What it is told as often as `looks` says; then nothing.
    fence: Fence,
    looks: u32,
    /// How often it looked.
    looked: u32,
}

impl Lease {
    fn look(&mut self) -> Option<Fence> {
        self.looked += 1;
        let left = self.looks.checked_sub(1);
        self.looks = left.unwrap_or(0);
        left.map(|_| self.fence)
    }
}

struct House {
    storage: Arc<SqliteStorage>,
    clock: Arc<ManualClock>,
    lease: Arc<Mutex<Lease>>,
    running: Running,
    _folder: tempfile::TempDir,
}

impl House {
    async fn with_janitor() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings::new(folder.path().join("aftercall.db"));
        let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
        let clock = Arc::new(ManualClock::at(start()));
        let fence = lead(&*storage).await;
        let lease = Arc::new(Mutex::new(Lease { fence, looks: u32::MAX, looked: 0 }));
        let held = Arc::clone(&lease);
        let parts = JanitorParts {
            responses: storage.clone(),
            recordings: storage.clone(),
            prompts: storage.clone(),
            catalog: storage.clone(),
            accounts: storage.clone(),
            links: storage.clone(),
            outbox: storage.clone(),
            rollups: storage.clone(),
            nodes: storage.clone(),
            lease: Arc::new(move || held.lock().unwrap().look()),
            clock: clock.clone(),
            settings: JanitorSettings {
                every: Duration::from_millis(10),
                idle: IDLE,
                batch: 2,
                keep_fruitless_offers: 90 * DAY,
                keep_replaced_prompts: DAY,
                zone: chrono_tz::Tz::UTC,
            },
        };
        let mut tree =
            Tree::new(TreeSettings::default(), Arc::new(SystemClock::new()), Arc::new(SystemChance));
        tree.add(ChildSpec::new("janitor", move || Ok(Janitor::new(parts.clone())))).unwrap();
        let running = tree.start().await.unwrap();
        Self { storage, clock, lease, running, _folder: folder }
    }

    async fn state(&self, id: ResponseId) -> Option<ResponseState> {
        self.storage.response(id).await.unwrap().map(|row| row.state)
    }

    async fn offered(&self, ground: &Ground) -> ResponseId {
        let offer = ground.offer(start());
        let id = offer.id;
        self.storage.insert_offer(offer).await.unwrap();
        id
    }

    /// Lets the janitor find this lease so many times, and waits until it has found so often that it has it no more that the
    /// round is over: at most once for each thing it does.
    async fn led(&self, fence: Fence, looks: u32) {
        let until = {
            let mut lease = self.lease.lock().unwrap();
            (lease.fence, lease.looks) = (fence, looks);
            lease.looked + looks + 8
        };
        until_then("the janitor looked again", async || self.lease.lock().unwrap().looked >= until).await;
    }

    async fn comes_to(&self, id: ResponseId, state: Option<ResponseState>) {
        let clock = SystemClock::new();
        while self.state(id).await != state {
            assert!(clock.monotonic() < Duration::from_secs(10), "never came to {state:?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

#[actix_rt::test]
async fn responses_nobody_goes_on_with_are_ended_by_time_and_later_by_batches() {
    let house = House::with_janitor().await;
    let ground = Ground::with_survey(&*house.storage, "csat").await;
    let answered = house.offered(&ground).await;
    let change = update(answered, 0, ResponseState::InProgress, vec![answer(0, AnswerValue::Number(4))]);
    house.storage.update_response(change).await.unwrap();
    let mut silent = Vec::new();
    for _ in 0..5 {
        silent.push(house.offered(&ground).await);
    }
    house.clock.advance(IDLE / 2);
    assert_eq!(house.state(answered).await, Some(ResponseState::InProgress));
    house.clock.advance(IDLE);
    house.comes_to(answered, Some(ResponseState::Partial)).await;
    for id in silent {
        house.comes_to(id, Some(ResponseState::Expired)).await;
    }
    house.running.stop().await;
}

#[actix_rt::test]
async fn only_what_the_published_version_says_deletes_a_response() {
    let house = House::with_janitor().await;
    let ground = Ground::with_survey(&*house.storage, "support").await;
    let publish = |days: u32| {
        let mut document: serde_json::Value =
            serde_json::from_str(include_str!("../../static/demo/support.json")).unwrap();
        document["retention_days"] = days.into();
        VersionRow {
            id: VersionId::new(start(), &SystemChance),
            survey: ground.survey,
            number: 0,
            document: document.to_string(),
            published_at: start(),
        }
    };
    house.storage.publish(publish(10), None).await.unwrap();
    let old = ground.answered(&*house.storage, ground.offer(start()), &[AnswerValue::Number(4)]).await;
    let mut draft = house.storage.draft("support".into()).await.unwrap().unwrap();
    draft.document = publish(1).document;
    house.storage.save_draft(draft, DraftBase::Any, None).await.unwrap();
    house.clock.advance(5 * DAY);
    // Two rounds have begun, so one has ended, when the second witness is gone.
    for _ in 0..2 {
        let witness = house.offered(&ground).await;
        house.comes_to(witness, Some(ResponseState::Expired)).await;
    }
    assert!(house.state(old).await.is_some(), "the draft has no say");
    house.clock.advance(6 * DAY);
    house.comes_to(old, None).await;
    house.running.stop().await;
}

#[actix_rt::test]
async fn replaced_prompts_and_old_recordings_go_and_those_in_use_stay() {
    let house = House::with_janitor().await;
    let storage = &*house.storage;
    let ground = Ground::with_survey(storage, "support").await;
    let mut document: serde_json::Value =
        serde_json::from_str(include_str!("../../static/demo/support.json")).unwrap();
    document["recording_retention_days"] = 3.into();
    let version = published(VersionId::new(start(), &SystemChance), ground.survey, &document.to_string());
    storage.publish(version, None).await.unwrap();
    let prompt = |file: u8| PromptRow {
        id: PromptId::new(start(), &SystemChance),
        name: PromptName::parse("number.1").unwrap(),
        language: "en".into(),
        source: "one.wav".into(),
        source_sha256: [file; 32],
        source_format: "WAV".into(),
        duration: Duration::from_secs(1),
        stored_at: house.clock.now(),
    };
    let audio = PromptAudio { ulaw: vec![1], alaw: vec![2], pcm: vec![3] };
    let (old, new) = (prompt(1), prompt(2));
    for row in [&old, &new] {
        storage.put_prompt(row.clone(), audio.clone(), None).await.unwrap();
    }
    let id = house.offered(&ground).await;
    let recording = RecordingRow {
        id: RecordingId::of(id, "q0", b"said"),
        question_no: 0,
        audio: b"said"[..].into(),
        duration: Duration::from_secs(1),
    };
    let value = AnswerValue::Recording(recording.id.to_string());
    let change = update(id, 0, ResponseState::Complete, vec![answer(0, value)]);
    let change = ResponseUpdate { recordings: vec![recording.clone()], at: house.clock.now(), ..change };
    storage.update_response(change).await.unwrap();
    let there = async || {
        let played =
            async |row: &PromptRow| storage.prompt_audio(row.id, PromptForm::Ulaw).await.unwrap().is_some();
        let heard = storage.recording(recording.id).await.unwrap().unwrap().audio.is_some();
        (played(&old).await, played(&new).await, heard)
    };
    assert_eq!(there().await, (true, true, true));
    house.clock.advance(DAY + Duration::from_secs(1));
    until_then("the replaced prompt is gone", async || there().await == (false, true, true)).await;
    house.clock.advance(2 * DAY);
    until_then("the recording is gone", async || there().await == (false, true, false)).await;
    assert!(house.state(id).await.is_some(), "its response stays");
    house.running.stop().await;
}

#[actix_rt::test]
async fn what_came_from_phones_is_forgotten_after_a_week() {
    let house = House::with_janitor().await;
    let inbound = || InboundRow { route: "a".into(), id: "1".into(), answers: None, at: start() };
    assert_eq!(house.storage.take_inbound(inbound()).await.unwrap(), None);
    house.clock.advance(6 * DAY + Duration::from_hours(23));
    let witness = house.offered(&Ground::with_survey(&*house.storage, "csat").await).await;
    house.comes_to(witness, Some(ResponseState::Expired)).await;
    assert_eq!(house.storage.take_inbound(inbound()).await.unwrap(), Some(inbound()));
    house.clock.advance(Duration::from_hours(2));
    until_then("it is forgotten", async || house.storage.take_inbound(inbound()).await.unwrap().is_none())
        .await;
    house.running.stop().await;
}

#[actix_rt::test]
async fn nothing_is_done_without_the_lease_which_is_looked_at_before_each_batch() {
    let house = House::with_janitor().await;
    let ground = Ground::with_survey(&*house.storage, "csat").await;
    let fence = house.lease.lock().unwrap().fence;
    house.led(fence, 0).await;
    let mut idle = Vec::new();
    for _ in 0..7 {
        idle.push(house.offered(&ground).await);
    }
    house.clock.advance(2 * IDLE);
    let ended = async || {
        let mut ended = 0;
        for id in &idle {
            ended += u32::from(house.state(*id).await == Some(ResponseState::Expired));
        }
        ended
    };
    house.led(fence, 0).await;
    assert_eq!(ended().await, 0);
    let shown = || house.running.board().report().pop().unwrap().observed;
    until_then("it is shown", async || shown()["lease"] == "not held by this node").await;
    assert_eq!(shown()["last_error"], Value::Null, "that is no error");
    let stale = Fence { epoch: fence.epoch - 1, ..fence };
    house.led(stale, 9).await;
    assert_eq!(ended().await, 0, "another node has taken over");
    // Found when the round begins, and before two batches of two.
    house.led(fence, 3).await;
    assert_eq!(ended().await, 4);
    house.lease.lock().unwrap().looks = u32::MAX;
    for id in &idle {
        house.comes_to(*id, Some(ResponseState::Expired)).await;
    }
    house.running.stop().await;
}

const DOCUMENT: &str = r#"{"format":"aftercall.survey/1","key":"csat","name":"Survey","languages":["en"],"voice":"tts",
"questions":[{"key":"q0","type":"rating","scale":"1-5","metric":"csat","text":{"en":"?"}},
{"key":"q1","type":"yes_no","text":{"en":"?"}}]}"#;

#[actix_rt::test]
async fn a_report_is_the_same_whether_it_was_counted_ahead_or_is_counted_now() {
    let house = House::with_janitor().await;
    let storage = &*house.storage;
    let mut ground = Ground::with_survey(storage, "csat").await;
    ground.version = VersionId::new(start(), &SystemChance);
    storage.publish(published(ground.version, ground.survey, DOCUMENT), None).await.unwrap();
    for no in 0..300i64 {
        let at = start() + TimeDelta::minutes(25 * no);
        let facts = CallFacts {
            agent_id: number(["", "1001", "1002"][usize::try_from(no % 3).unwrap()]),
            agent_name: name(if no < 150 { "Ann Old" } else { "Ann New" }),
            team: name(["North", "", "Süd", "🎧"][usize::try_from(no % 4).unwrap()]),
            queue: name(["Sales", "Support"][usize::try_from(no % 2).unwrap()]),
            ..CallFacts::default()
        };
        let values = [AnswerValue::Number(i32::try_from(no % 5).unwrap() + 1), AnswerValue::Skipped];
        ground.answered(storage, OfferRow { facts, ..ground.offer(at) }, &values).await;
    }
    house.clock.advance(5 * DAY + 6 * IDLE);
    until_then("all that is over was counted ahead", async || {
        let periods = storage.rollup_periods().await.unwrap();
        // Five days, and what is over of today by hours.
        periods.len() > 10 && periods.iter().all(RollupPeriod::holds)
    })
    .await;
    let ask = async |by| {
        let query =
            Query { from: start().date_naive().checked_add_days(Days::new(2)), ..Query::of(by, Tz::UTC) };
        let narrow = Query { teams: Some(vec!["Süd".into()]), ..Query::of(by, Tz::UTC) };
        let mut told = Vec::new();
        for query in [query, narrow] {
            let (groups, whole) = gather_with_whole(storage, storage, &query).await.unwrap();
            assert!(whole.surveys[0].groups[0].scores[0].as_ref().unwrap().n > 50);
            told.extend([groups.surveys, whole.surveys]);
        }
        told
    };
    let all = [
        Breakdown::Survey,
        Breakdown::Agent,
        Breakdown::Team,
        Breakdown::Queue,
        Breakdown::AgentQueue,
        Breakdown::Service,
        Breakdown::Day,
        Breakdown::Hour,
        Breakdown::Weekday,
        Breakdown::Language,
        Breakdown::Channel,
    ];
    let mut ahead = Vec::new();
    for by in all {
        ahead.push(ask(by).await);
    }
    house.lease.lock().unwrap().looks = 0;
    let periods = storage.rollup_periods().await.unwrap();
    let periods: Vec<Period> = periods.into_iter().map(|row| row.period).collect();
    storage.plan_rollups(periods, Vec::new(), "UTC".into()).await.unwrap();
    for (by, ahead) in all.into_iter().zip(ahead) {
        assert_eq!(ask(by).await, ahead, "{by:?}");
    }
}

#[actix_rt::test]
async fn nothing_is_counted_ahead_while_a_node_of_another_version_works() {
    let house = House::with_janitor().await;
    let storage = &*house.storage;
    let ground = Ground::with_survey(storage, "csat").await;
    let at = start() - TimeDelta::days(5);
    ground.answered(storage, ground.offer(at), &[AnswerValue::Number(1)]).await;
    let planned = async || !storage.rollup_periods().await.unwrap().is_empty();
    until_then("the days are planned", planned).await;
    let old = NodeFacts { version: "0.0.9".into(), ..node("old") };
    storage.record_node(old, Duration::ZERO).await.unwrap();
    until_then("they are taken away", async || !planned().await).await;
}
