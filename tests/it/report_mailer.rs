//! The mailer of reports over a real database and a real mail server, with a clock that is turned by hand.

mod failures;
mod letters;
mod schedule;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use aftercall::actors::report_mailer::{MailerParts, MailerSettings, ReportMailer};
use aftercall::domain::account::Role;
use aftercall::domain::contact::CallFacts;
use aftercall::domain::lease::Fence;
use aftercall::domain::report_mail::{Rhythm, SendingState};
use aftercall::domain::response::AnswerValue;
use aftercall::foundation::{
    AccountId, Backoff, MailSettings, ManualClock, ReportMailId, SystemChance, SystemClock, VersionId,
};
use aftercall::outbound::mail::MailServer;
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{
    AccountChange, AccountStore, CatalogStore, DraftBase, DraftRow, OfferRow, ReportMailRow, ReportMailStore,
    SendingRow,
};
use aftercall::supervise::{ChildSpec, Running, Tree, TreeSettings};
use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use crate::storage_contract::accounts::{audit, stored_in};
use crate::storage_contract::{Ground, draft, lead, name, number, published, start};
use crate::support::smtp::PostOffice;
use crate::support::until_then;

/// Where days begin.
const ZONE: Tz = Tz::Europe__Madrid;
const DOCUMENT: &str = r#"{"format":"aftercall.survey/1","key":"care","name":"Care & <comfort>","languages":["en"],"voice":"tts",
"questions":[{"key":"q0","type":"rating","scale":"1-5","metric":"csat","text":{"en":"?"}},
{"key":"q1","type":"nps","text":{"en":"?"}}]}"#;

/// A database with a survey, a post office, and nodes that send.
struct House {
    storage: Arc<SqliteStorage>,
    clock: Arc<ManualClock>,
    /// The lease that all nodes believe to have.
    lease: Arc<Mutex<Option<Fence>>>,
    ground: Ground,
    owner: AccountId,
    nodes: Vec<Running>,
    folder: tempfile::TempDir,
}

/// A moment, as UTC.
fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

impl House {
    /// On 2026-09-21, a Monday; with a manager, and a survey that nobody answered yet.
    async fn build() -> Self {
        // One provider per process; a second attempt changes nothing.
        drop(rustls::crypto::ring::default_provider().install_default());
        let folder = tempfile::tempdir().unwrap();
        let settings = SqliteSettings::new(folder.path().join("aftercall.db"));
        let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
        let mut ground = Ground::with_survey(&*storage, "care").await;
        let named = DraftRow { name: "Care & <comfort>".into(), ..draft(ground.survey, "care") };
        storage.save_draft(named, DraftBase::Any, None).await.unwrap();
        ground.version = VersionId::new(start(), &SystemChance);
        storage.publish(published(ground.version, ground.survey, DOCUMENT), None).await.unwrap();
        let owner = stored_in(&*storage, "maria").await.id;
        let house = Self {
            lease: Arc::new(Mutex::new(Some(lead(&*storage).await))),
            clock: Arc::new(ManualClock::at(start())),
            nodes: Vec::new(),
            storage,
            ground,
            owner,
            folder,
        };
        house.becomes(AccountChange::Role(Role::Manager)).await;
        house
    }

    async fn becomes(&self, change: AccountChange) {
        assert!(self.storage.change_account(self.owner, change, audit(1)).await.unwrap());
    }

    /// Starts one more node, that has a connection of its own to the database.
    async fn node(&mut self, mail: MailSettings) {
        let settings = SqliteSettings::new(self.folder.path().join("aftercall.db"));
        let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
        let lease = Arc::clone(&self.lease);
        let parts = MailerParts {
            mails: storage.clone(),
            accounts: storage.clone(),
            catalog: storage.clone(),
            reports: storage.clone(),
            lease: Arc::new(move || *lease.lock().unwrap()),
            settings: MailerSettings {
                every: mail.every,
                backoff: Backoff { min: mail.retry, max: Duration::from_hours(1) },
                zone: ZONE,
                min_answers: 5,
                portal: "https://surveys.example.com".into(),
            },
            server: MailServer::new(mail).unwrap(),
            clock: self.clock.clone(),
            chance: Arc::new(SystemChance),
        };
        let mut tree =
            Tree::new(TreeSettings::default(), Arc::new(SystemClock::new()), Arc::new(SystemChance));
        tree.add(ChildSpec::new("report_mailer", move || Ok(ReportMailer::new(parts.clone())))).unwrap();
        self.nodes.push(tree.start().await.unwrap());
    }

    /// Stores an answered response.
    async fn answered(&self, when: &str, (team, agent): (&str, &str), csat: i32, nps: i32) {
        let facts = CallFacts {
            agent_id: number(agent),
            agent_name: name("Ann"),
            team: name(team),
            ..CallFacts::default()
        };
        let values = [AnswerValue::Number(csat), AnswerValue::Number(nps)];
        self.ground
            .answered(&*self.storage, OfferRow { facts, ..self.ground.offer(at(when)) }, &values)
            .await;
    }

    /// Six responses on Monday, three on the day before.
    async fn busy(&self) {
        for (no, csat) in [5, 4, 5, 1, 2, 5].into_iter().enumerate() {
            let (team, agent) = if no < 5 { ("North", "1001") } else { ("South", "1002") };
            self.answered("2026-09-21T10:00:00Z", (team, agent), csat, 10).await;
        }
        for _ in 0..3 {
            self.answered("2026-09-20T10:00:00Z", ("North", "1001"), 5, 0).await;
        }
        // At half past midnight in Madrid it is Tuesday.
        self.answered("2026-09-21T22:30:00Z", ("North", "1001"), 1, 0).await;
    }

    /// Has a report sent every day at seven.
    async fn wants(&self, change: impl FnOnce(&mut ReportMailRow)) -> ReportMailId {
        let mut row = ReportMailRow {
            id: ReportMailId::new(start(), &SystemChance),
            account: self.owner,
            survey: Some("care".into()),
            breakdown: "agent".into(),
            rhythm: Rhythm::Day,
            hour: 7,
            recipients: vec!["boss@example.com".into()],
            attachment: "csv".into(),
            created_at: start(),
            changed_at: start(),
        };
        change(&mut row);
        let id = row.id;
        self.storage.add_report_mail(row, audit(2)).await.unwrap();
        id
    }

    /// Turns the clock to a moment that is to come.
    fn comes(&self, moment: &str) {
        use aftercall::foundation::Clock;
        self.clock.advance((at(moment) - self.clock.now()).to_std().unwrap());
    }

    fn passes(&self, time: TimeDelta) {
        self.clock.advance(time.to_std().unwrap());
    }

    async fn last(&self, id: ReportMailId) -> Option<SendingRow> {
        let all = self.storage.report_mails(None).await.unwrap();
        all.into_iter().find(|mail| mail.row.id == id).unwrap().last
    }

    /// Waits for what becomes of a report; that.
    async fn ends(&self, id: ReportMailId, state: SendingState) -> SendingRow {
        until_then(&format!("it is {state:?}"), async || {
            self.last(id).await.is_some_and(|last| last.state == state)
        })
        .await;
        self.last(id).await.unwrap()
    }

    /// Waits until every node has looked at everything once more: a report that is due now was sent, and what was to be sent before
    /// would have been.
    async fn settles(&self, office: &PostOffice) {
        let id = self.wants(|row| row.recipients = vec!["probe@example.com".into()]).await;
        self.ends(id, SendingState::Sent).await;
        until_then("the probe arrives", async || {
            office.got().iter().any(|got| got.to == ["probe@example.com"])
        })
        .await;
        self.storage.delete_report_mail(id, audit(3)).await.unwrap();
    }
}

/// The letters that are no probes.
fn letters(office: &PostOffice) -> Vec<crate::support::smtp::Got> {
    office.got().into_iter().filter(|got| got.to != ["probe@example.com"]).collect()
}
