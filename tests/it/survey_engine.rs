//! What the survey engine does as time passes: over a real database, with a clock that is turned by hand.

use std::sync::Arc;
use std::time::Duration;

use aftercall::actors::survey_engine::{
    EndWish, EngineError, EngineParts, EngineSettings, Finish, GiveAnswer, Offer, Offered, StepNote,
    SurveyEngine, Turn,
};
use aftercall::domain::contact::{CallFacts, Channel, Service, ServiceChannel};
use aftercall::domain::offer::Outcome;
use aftercall::domain::response::ResponseState;
use aftercall::foundation::{Chance, ManualClock, ResponseId, ServiceId, SystemChance, SystemClock};
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{CatalogStore, ResponseStore};
use aftercall::supervise::{ActorRef, ChildSpec, Running, Tree, TreeSettings};
use serde_json::{Value, json};

use crate::storage_contract::{Ground, call, number, published, start};

const LATE: Duration = Duration::from_mins(30);
const CALL_REPEAT: Duration = Duration::from_hours(4);
const WITHIN: Duration = Duration::from_secs(5);

struct House {
    engine: ActorRef<SurveyEngine>,
    storage: Arc<SqliteStorage>,
    clock: Arc<ManualClock>,
    _running: Running,
    _folder: tempfile::TempDir,
}

/// The demo's support survey with some members replaced.
fn survey(changes: &Value) -> String {
    let mut document: Value = serde_json::from_str(include_str!("../../static/demo/support.json")).unwrap();
    for (name, value) in changes.as_object().unwrap() {
        document[name] = value.clone();
    }
    document.to_string()
}

impl House {
    async fn asking(changes: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings::new(folder.path().join("aftercall.db"));
        let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
        let ground = Ground::with_survey(&*storage, "support").await;
        let version = aftercall::foundation::VersionId::new(start(), &SystemChance);
        storage.publish(published(version, ground.survey, &survey(changes)), None).await.unwrap();
        storage.activate(ground.service, ground.survey, start(), None).await.unwrap();
        let support = Service {
            id: ServiceId::new(start(), &SystemChance),
            name: "Support".into(),
            channel: ServiceChannel::Voice,
            dn: Some("5001".into()),
        };
        storage.add_service(support.clone(), None).await.unwrap();
        storage.activate(support.id, ground.survey, start(), None).await.unwrap();
        let clock = Arc::new(ManualClock::at(start()));
        let parts = EngineParts {
            responses: storage.clone(),
            invites: storage.clone(),
            catalog: storage.clone(),
            clock: clock.clone(),
            chance: Arc::new(SystemChance),
            stamp: Arc::default(),
            settings: EngineSettings {
                node: "test".into(),
                site_zone: chrono_tz::UTC,
                catalog_refresh: Duration::from_millis(20),
                call_repeat: CALL_REPEAT,
                late: LATE,
                sessions_max: 2,
                region: None,
                hours: aftercall::domain::sms::SendingHours::all_day(),
                invite_cool_down: chrono::TimeDelta::zero(),
            },
        };
        let mut tree =
            Tree::new(TreeSettings::default(), Arc::new(SystemClock::new()), Arc::new(SystemChance));
        let engine =
            tree.add(ChildSpec::new("survey_engine", move || Ok(SurveyEngine::new(parts.clone())))).unwrap();
        let running = tree.start().await.unwrap();
        Self { engine, storage, clock, _running: running, _folder: folder }
    }

    async fn ask(&self, facts: CallFacts) -> Offered {
        self.ask_on(Channel::Voice, facts).await
    }

    async fn ask_on(&self, channel: Channel, facts: CallFacts) -> Offered {
        let offer = Offer {
            id: ResponseId::new(start(), &SystemChance),
            draw: SystemChance.fraction(),
            seed: 1,
            facts,
            service: None,
            channel,
            language: Some("es-MX".into()),
        };
        self.engine.ask(offer, WITHIN).await.unwrap().unwrap()
    }

    async fn begin(&self) -> Turn {
        match self.ask(CallFacts::default()).await {
            Offered::Survey(turn) => turn,
            Offered::None { outcome, .. } => panic!("not offered: {outcome:?}"),
        }
    }

    async fn answer(&self, turn: &Turn, question: &str, value: &str) -> Result<Turn, EngineError> {
        let (question, value) = (question.to_owned(), value.to_owned());
        self.engine.ask(GiveAnswer { response: turn.response, question, value }, WITHIN).await.unwrap()
    }

    async fn finish(&self, turn: &Turn, wish: EndWish) -> Turn {
        self.engine.ask(Finish { response: turn.response, wish }, WITHIN).await.unwrap().unwrap()
    }

    async fn outcome(&self, customer: Option<&str>) -> Outcome {
        let customer = customer.and_then(number);
        match self.ask(CallFacts { customer, ..CallFacts::default() }).await {
            Offered::Survey(_) => Outcome::Offered,
            Offered::None { outcome, .. } => outcome,
        }
    }
}

#[actix_rt::test]
async fn answers_under_way_when_the_call_ended_are_taken_for_a_while_and_then_refused() {
    let house = House::asking(&json!({})).await;
    let turn = house.begin().await;
    house.answer(&turn, "csat", "5").await.unwrap();
    assert_eq!(house.finish(&turn, EndWish::ByAnswers).await.state, ResponseState::Partial);
    house.clock.advance(LATE);
    let late = house.answer(&turn, "solved", "1").await.unwrap();
    assert_eq!(
        (late.state, late.note),
        (ResponseState::Partial, StepNote::New),
        "kept, but not opened again"
    );
    assert_eq!(house.answer(&turn, "recommend", "10").await.unwrap().state, ResponseState::Complete);
    house.clock.advance(Duration::from_secs(1));
    let refused = house.answer(&turn, "recommend", "9").await.unwrap_err();
    assert!(matches!(refused, EngineError::Closed(ResponseState::Complete)), "{refused}");
    let repeat = house.answer(&turn, "recommend", "10").await.unwrap();
    assert_eq!((repeat.note, repeat.next, repeat.results.as_str()), (StepNote::Repeat, None, "5:-1:1:10"));
    let stored = house.storage.response(turn.response).await.unwrap().unwrap();
    assert_eq!(stored.answers.len(), 3);
}

#[actix_rt::test]
async fn a_call_gets_its_response_back_until_its_id_may_be_another_calls() {
    let house = House::asking(&json!({})).await;
    let facts = || CallFacts { call_id: call("16783327"), ..CallFacts::default() };
    let Offered::Survey(first) = house.ask(facts()).await else { panic!("not offered") };
    house.answer(&first, "csat", "4").await.unwrap();
    let (together, repeat) = futures_util::join!(house.ask(facts()), house.ask(facts()));
    for offered in [together, repeat] {
        let Offered::Survey(again) = offered else { panic!("not offered") };
        assert_eq!((again.response, again.next), (first.response, Some(2)), "goes on where it stands");
    }
    house.clock.advance(CALL_REPEAT + Duration::from_secs(1));
    let Offered::Survey(other) = house.ask(facts()).await else { panic!("not offered") };
    assert_ne!(other.response, first.response);
}

#[actix_rt::test]
async fn a_link_of_a_call_and_the_call_have_each_their_own_response() {
    let house = House::asking(&json!({})).await;
    let facts = || CallFacts { call_id: call("16783327"), dn: number("5001"), ..CallFacts::default() };
    let ask = async |channel| match house.ask_on(channel, facts()).await {
        Offered::Survey(turn) => turn.response,
        Offered::None { outcome, .. } => panic!("not offered: {outcome:?}"),
    };
    let (spoken, read) = (ask(Channel::Voice).await, ask(Channel::Web).await);
    assert_ne!(spoken, read, "what is asked on a page cannot be asked on the phone");
    assert_eq!((ask(Channel::Voice).await, ask(Channel::Web).await), (spoken, read), "each goes on");
}

#[actix_rt::test]
async fn a_customer_is_left_alone_until_the_cool_down_is_over() {
    let house = House::asking(&json!({"sampling": {"cool_down_hours": 24}})).await;
    assert_eq!(house.outcome(Some("+15550001")).await, Outcome::Offered);
    assert_eq!(house.outcome(Some("+15550001")).await, Outcome::CooledDown);
    assert_eq!(house.outcome(Some("+15550002")).await, Outcome::Offered);
    assert_eq!(house.outcome(None).await, Outcome::Offered, "an unknown customer passes");
    house.clock.advance(Duration::from_hours(24));
    assert_eq!(house.outcome(Some("+15550001")).await, Outcome::Offered);
}

#[actix_rt::test]
async fn an_offer_delivered_twice_is_not_refused_because_of_itself() {
    let house = House::asking(&json!({"sampling": {"cool_down_hours": 24, "daily_cap": 1}})).await;
    let offer = Offer {
        id: ResponseId::new(start(), &SystemChance),
        draw: 0.0,
        seed: 1,
        facts: CallFacts { customer: number("+15550003"), ..CallFacts::default() },
        service: None,
        channel: Channel::Voice,
        language: None,
    };
    for time in ["first", "second"] {
        let offered = house.engine.ask(offer.clone(), WITHIN).await.unwrap().unwrap();
        let Offered::Survey(turn) = offered else { panic!("the {time} time: {offered:?}") };
        assert_eq!((turn.response, turn.next), (offer.id, Some(0)));
    }
    assert_eq!(house.outcome(Some("+15550003")).await, Outcome::DailyCapReached, "another offer is");
}

#[actix_rt::test]
async fn the_daily_cap_counts_the_days_of_the_surveys_zone() {
    // The cases begin at 14:13 UTC, which is 00:13 in Brisbane.
    let changes = json!({"sampling": {"daily_cap": 2}, "schedule": {"time_zone": "Australia/Brisbane"}});
    let house = House::asking(&changes).await;
    assert_eq!(house.outcome(None).await, Outcome::Offered);
    assert_eq!(house.outcome(None).await, Outcome::Offered);
    assert_eq!(house.outcome(None).await, Outcome::DailyCapReached);
    house.clock.advance(Duration::from_hours(10));
    assert_eq!(
        house.outcome(None).await,
        Outcome::DailyCapReached,
        "past midnight UTC it is the same day there"
    );
    house.clock.advance(Duration::from_hours(14));
    assert_eq!(house.outcome(None).await, Outcome::Offered);
}

#[actix_rt::test]
async fn a_hang_up_before_any_answer_is_a_declined_response_and_later_repeats_change_nothing() {
    let house = House::asking(&json!({})).await;
    let turn = house.begin().await;
    assert_eq!(&*turn.language, "es");
    assert_eq!(house.finish(&turn, EndWish::ByAnswers).await.state, ResponseState::Declined);
    assert_eq!(house.finish(&turn, EndWish::ByAnswers).await.state, ResponseState::Declined);
    let seq = house.storage.response(turn.response).await.unwrap().unwrap().seq;
    assert_eq!(seq, 1, "the repeat wrote nothing");
}

#[actix_rt::test]
async fn more_responses_in_progress_than_fit_the_cache_all_go_on() {
    let house = House::asking(&json!({})).await;
    let mut turns = Vec::new();
    for _ in 0..6 {
        turns.push(house.begin().await);
    }
    for (question, value) in [("csat", "4"), ("solved", "2"), ("recommend", "0")] {
        for turn in &turns {
            house.answer(turn, question, value).await.unwrap();
        }
    }
    for turn in &turns {
        let row = house.storage.response(turn.response).await.unwrap().unwrap();
        assert_eq!((row.state, row.answers.len()), (ResponseState::Complete, 3));
    }
}
