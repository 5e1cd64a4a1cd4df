//! Answers and ends: `advance` decides, the storage makes it durable, only then the caller is told.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::domain::response::{Answer, ResponseState};
use crate::domain::survey::{Progress, Refusal, Step, StepKind, advance, advance_all, advance_recording};
use crate::foundation::{ResponseId, WriteId};
use crate::storage::{OfferRow, RecordingRow, ResponseUpdate, StorageError, UpdateOutcome};

use super::Engine;
use super::messages::{
    EndWish, EngineError, Finish, GiveAnswer, GiveAnswers, GiveRecording, StepNote, Turn, TurnReply,
};
use super::sessions::Session;

/// How often a change is tried anew when another writer was first. Two nodes on one call are the worst case.
const CONFLICT_TRIES: u32 = 4;

impl Engine {
    pub(super) async fn answer(&self, message: GiveAnswer) -> TurnReply {
        self.change(message.response, |session, at| {
            let step = advance(&session.version.graph, &session.progress, &message.question, &message.value)?;
            Ok(Change::of_steps(session, vec![step], at))
        })
        .await
    }

    pub(super) async fn recording(&self, message: GiveRecording) -> TurnReply {
        let GiveRecording { response, question, recording } = message;
        let reference = recording.id.to_string();
        self.change(response, |session, at| {
            let (graph, progress) = (&session.version.graph, &session.progress);
            let step = advance_recording(graph, progress, &question, &reference, recording.duration)?;
            let row = RecordingRow {
                id: recording.id,
                question_no: step.question_no,
                audio: Arc::clone(&recording.audio),
                duration: recording.duration,
            };
            let recordings = if step.kind == StepKind::Repeat { Vec::new() } else { vec![row] };
            Ok(Change { recordings, ..Change::of_steps(session, vec![step], at) })
        })
        .await
    }

    pub(super) async fn answers(&self, message: GiveAnswers) -> TurnReply {
        self.change(message.response, |session, at| {
            let steps = advance_all(&session.version.graph, &session.progress, &message.list)?;
            Ok(Change::of_steps(session, steps, at))
        })
        .await
    }

    pub(super) async fn finish(&self, message: Finish) -> TurnReply {
        let follow_up = self.follow_up(&message).await?;
        self.change(message.response, |session, _| {
            let mut change = Change::of_end(session, message.wish);
            // Only who did not come to the end has something left to be asked.
            if session.state.is_open() && change.state != ResponseState::Complete {
                change.follow_up.clone_from(&follow_up);
            }
            Ok(change)
        })
        .await
    }

    /// Reads, decides, writes; again from the start when somebody else wrote in between.
    async fn change<F>(&self, id: ResponseId, decide: F) -> TurnReply
    where
        F: Fn(&Session, DateTime<Utc>) -> Result<Change, Refusal>,
    {
        let slot = self.sessions.slot(id);
        let mut guard = slot.lock().await;
        for _ in 0..CONFLICT_TRIES {
            let remembered = guard.is_some();
            let session = self.load(id, &mut guard).await?;
            let at = self.parts.clock.now();
            let change = match decide(session, at) {
                Ok(change) => change,
                // Another node may have gone on with the call: only what is stored now can refuse.
                Err(_) if remembered => {
                    *guard = None;
                    continue;
                }
                Err(refusal) => {
                    self.counters.refused();
                    return Err(refusal.into());
                }
            };
            if change.is_nothing(session) {
                self.counters.note(change.note);
                return Ok(change.turn(id, session));
            }
            if change.takes_answers() && self.is_closed(session, at) {
                return Err(EngineError::Closed(session.state));
            }
            match self.write(id, session, &change, at).await {
                Ok(UpdateOutcome::Stored) => return Ok(self.settle(id, session, change, at)),
                Ok(UpdateOutcome::Conflict) => *guard = None,
                Err(error) => {
                    // Whether it was written is not known: read again before the next word on this response.
                    *guard = None;
                    return Err(error.into());
                }
            }
        }
        Err(EngineError::Busy)
    }

    async fn write(
        &self,
        id: ResponseId,
        session: &Session,
        change: &Change,
        at: DateTime<Utc>,
    ) -> Result<UpdateOutcome, StorageError> {
        let update = ResponseUpdate {
            id,
            write: WriteId::new(at, &*self.parts.chance),
            expected_seq: session.seq,
            answers: change.answers.clone(),
            state: change.state,
            recordings: change.recordings.clone(),
            follow_up: change.follow_up.clone(),
            at,
        };
        self.parts.responses.update_response(update).await
    }

    fn settle(&self, id: ResponseId, session: &mut Session, mut change: Change, at: DateTime<Utc>) -> Turn {
        self.counters.note(change.note);
        if session.state.is_open() && !change.state.is_open() {
            self.counters.ended(change.state);
            self.sessions.ended(id);
        }
        session.seq += 1;
        session.state = change.state;
        if !change.state.is_open() {
            session.ended_at.get_or_insert(at);
        }
        if let Some(progress) = change.progress.take() {
            session.progress = progress;
        }
        change.turn(id, session)
    }

    /// Answers that were under way when the call ended are still taken for a while.
    fn is_closed(&self, session: &Session, now: DateTime<Utc>) -> bool {
        !session.state.is_open() && session.ended_at.is_some_and(|ended| now - ended > self.late())
    }

    fn late(&self) -> chrono::TimeDelta {
        chrono::TimeDelta::from_std(self.parts.settings.late).unwrap_or(chrono::TimeDelta::MAX)
    }
}

/// What a request makes of a session.
struct Change {
    note: StepNote,
    answers: Vec<Answer>,
    recordings: Vec<RecordingRow>,
    state: ResponseState,
    next: Option<u16>,
    progress: Option<Progress>,
    follow_up: Option<Box<OfferRow>>,
}

impl Change {
    fn of_steps(session: &Session, steps: Vec<Step>, at: DateTime<Utc>) -> Self {
        let graph = &session.version.graph;
        // A walk through the survey is what an answer costs most here: only where no step has made one.
        let next = if steps.is_empty() { session.progress.current(graph).map(|q| q.no) } else { None };
        let answers = Vec::with_capacity(steps.len());
        let mut change = Self {
            note: StepNote::None,
            answers,
            recordings: Vec::new(),
            state: session.state,
            next,
            progress: None,
            follow_up: None,
        };
        for step in steps {
            change.next = step.next;
            change.note = note_of(step.kind);
            if step.kind == StepKind::Repeat {
                continue;
            }
            let question_key = graph.questions()[usize::from(step.question_no)].key.clone();
            change.answers.push(Answer {
                question_no: step.question_no,
                question_key,
                value: step.value,
                at,
            });
            change.state = state_after(session, &step.progress, step.next);
            change.progress = Some(step.progress);
        }
        change
    }

    fn of_end(session: &Session, wish: EndWish) -> Self {
        let state = match (session.state.is_open(), wish) {
            (false, _) => session.state,
            (true, EndWish::Declined) if session.progress.answered() == 0 => ResponseState::Declined,
            (true, _) => session.progress.end_state(&session.version.graph),
        };
        Self {
            note: StepNote::None,
            answers: Vec::new(),
            recordings: Vec::new(),
            state,
            next: None,
            progress: None,
            follow_up: None,
        }
    }

    fn takes_answers(&self) -> bool {
        !self.answers.is_empty()
    }

    fn is_nothing(&self, session: &Session) -> bool {
        self.answers.is_empty() && self.state == session.state
    }

    fn turn(&self, id: ResponseId, session: &Session) -> Turn {
        Turn { state: self.state, ..session.turn_to(id, self.note, self.next) }
    }
}

/// The state after an answer that leads to `next`. A late answer never opens an ended response again; it may complete
/// it.
fn state_after(session: &Session, progress: &Progress, next: Option<u16>) -> ResponseState {
    if next.is_some() && session.state.is_open() {
        ResponseState::InProgress
    } else {
        progress.end_state(&session.version.graph)
    }
}

fn note_of(kind: StepKind) -> StepNote {
    match kind {
        StepKind::New => StepNote::New,
        StepKind::Repeat => StepNote::Repeat,
        StepKind::Correction => StepNote::Correction,
    }
}

impl Session {
    /// Where the session stands.
    pub(super) fn turn(&self, id: ResponseId, note: StepNote) -> Turn {
        let open = self.state.is_open();
        let next = if open { self.progress.current(&self.version.graph).map(|q| q.no) } else { None };
        self.turn_to(id, note, next)
    }

    fn turn_to(&self, id: ResponseId, note: StepNote, next: Option<u16>) -> Turn {
        Turn {
            response: id,
            version: Arc::clone(&self.version),
            channel: self.channel,
            language: Arc::clone(&self.language),
            state: self.state,
            next,
            note,
            results: self.results(),
        }
    }

    fn results(&self) -> String {
        self.progress.results(&self.version.graph)
    }
}
