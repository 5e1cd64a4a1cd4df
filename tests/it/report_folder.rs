//! The folder of reports: its writer over a real database and real files, with a clock that is turned by hand; and real servers
//! that take over from each other.

mod faults;
mod servers;
mod written;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::Duration;

use aftercall::actors::report_writer::{ReportWriter, ReportWriterParts, ReportWriterSettings};
use aftercall::domain::contact::CallFacts;
use aftercall::domain::lease::Fence;
use aftercall::domain::report_mail::Rhythm;
use aftercall::domain::response::AnswerValue;
use aftercall::foundation::{Clock, ManualClock, SystemChance, SystemClock, VersionId};
use aftercall::reports::folder::ReportFolder;
use aftercall::reports::sheet::Form;
use aftercall::storage::sqlite::{SqliteSettings, SqliteStorage};
use aftercall::storage::{CatalogStore, OfferRow};
use aftercall::supervise::{ChildSpec, Running, Tree, TreeSettings};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::Value;

use crate::storage_contract::{Ground, lead, name, number, published, start};
use crate::support::until_then;

const DOCUMENT: &str = r#"{"format":"aftercall.survey/1","key":"csat","name":"Survey","languages":["en"],"voice":"tts",
"questions":[{"key":"q0","type":"rating","scale":"1-5","metric":"csat","text":{"en":"?"}}]}"#;

/// A database with a survey, and the time of all its nodes.
struct House {
    storage: Arc<SqliteStorage>,
    clock: Arc<ManualClock>,
    ground: Ground,
    fence: Fence,
    place: tempfile::TempDir,
}

/// A node's writer.
struct Writer {
    running: Running,
    leads: Arc<AtomicBool>,
    looked: Arc<AtomicU32>,
    folder: PathBuf,
}

/// What differs between writers.
struct Wanted {
    forms: Vec<Form>,
    periods: Vec<Rhythm>,
    keep_days: u32,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { forms: vec![Form::Csv], periods: vec![Rhythm::Day], keep_days: 0 }
    }
}

impl House {
    /// At a time, with nobody surveyed yet.
    async fn at(now: &str) -> Self {
        let place = tempfile::tempdir().unwrap();
        let settings = SqliteSettings::new(place.path().join("aftercall.db"));
        let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new())).unwrap();
        let fence = lead(&*storage).await;
        let mut ground = Ground::with_survey(&*storage, "csat").await;
        ground.version = VersionId::new(start(), &SystemChance);
        storage.publish(published(ground.version, ground.survey, DOCUMENT), None).await.unwrap();
        let clock = Arc::new(ManualClock::at(time(now)));
        Self { storage, clock, ground, fence, place }
    }

    /// A call that answered.
    async fn call(&self, at: &str, agent: &str, value: i32) {
        let facts = CallFacts {
            agent_id: number(agent),
            agent_name: name("Ann"),
            queue: name("Sales"),
            ..CallFacts::default()
        };
        let offer = OfferRow { facts, ..self.ground.offer(time(at)) };
        self.ground.answered(&*self.storage, offer, &[AnswerValue::Number(value)]).await;
    }

    fn turn_to(&self, now: &str) {
        let ahead = time(now) - self.clock.now();
        self.clock.advance(ahead.to_std().unwrap());
    }

    /// A folder for files.
    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.place.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    async fn writer(&self, folder: &Path, wanted: Wanted) -> Writer {
        let leads = Arc::new(AtomicBool::new(true));
        let looked = Arc::new(AtomicU32::new(0));
        let (held, seen, fence) = (Arc::clone(&leads), Arc::clone(&looked), self.fence);
        let lease = move || {
            seen.fetch_add(1, Ordering::AcqRel);
            held.load(Ordering::Acquire).then_some(fence)
        };
        let parts = ReportWriterParts {
            catalog: self.storage.clone(),
            counts: self.storage.clone(),
            rollups: self.storage.clone(),
            nodes: self.storage.clone(),
            lease: Arc::new(lease),
            clock: self.clock.clone(),
            chance: Arc::new(SystemChance),
            settings: ReportWriterSettings {
                folder: ReportFolder::at(folder.to_owned()),
                every: Duration::from_millis(10),
                forms: wanted.forms,
                periods: wanted.periods,
                keep_days: wanted.keep_days,
                settled: TimeDelta::hours(2),
                min_answers: 2,
                zone: chrono_tz::Tz::Europe__Madrid,
            },
        };
        let mut tree =
            Tree::new(TreeSettings::default(), Arc::new(SystemClock::new()), Arc::new(SystemChance));
        tree.add(ChildSpec::new("report_writer", move || Ok(ReportWriter::new(parts.clone())))).unwrap();
        let running = tree.start().await.unwrap();
        Writer { running, leads, looked, folder: folder.to_owned() }
    }
}

impl Writer {
    /// What it says of itself.
    fn seen(&self) -> Value {
        self.running.board().report().pop().unwrap().observed
    }

    fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files(&self.folder)
    }

    /// Waits for so many whole files.
    async fn until_files(&self, count: usize) {
        until_then(&format!("{count} files in {}", self.folder.display()), async || {
            self.files().keys().filter(|name| !name.starts_with('.')).count() == count
        })
        .await;
    }

    /// Waits until two rounds have begun: one that began after this call has ended.
    async fn rounds(&self) {
        let until = self.looked.load(Ordering::Acquire) + 3;
        until_then("the writer looked again", async || self.looked.load(Ordering::Acquire) >= until).await;
    }

    fn leads(&self, leads: bool) {
        self.leads.store(leads, Ordering::Release);
    }

    fn has_never_crashed(&self) {
        assert_eq!(self.running.board().report().pop().unwrap().restarts, 0);
    }
}

/// Every file of a folder that is whole, by name: what is still being written begins with a dot.
fn files(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if name.starts_with('.') {
            continue;
        }
        if let Ok(bytes) = std::fs::read(entry.path()) {
            all.insert(name, bytes);
        }
    }
    all
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}
