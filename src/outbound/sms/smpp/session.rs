//! One session, from the moment the gateway let us in to the end of the line: everything it does in one future.

use std::io::ErrorKind;
use std::time::Duration;

use futures_util::future::{LocalBoxFuture, ready};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use rusmpp_core::pdus::owned::Pdu;
use rusmpp_core::{CommandId, CommandStatus};
use tokio::io::{AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::bytes::{Buf, BytesMut};
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

use super::line::{BIND_SEQUENCE, Line, Wire};
use super::pdu::{self, Delivered, Head};
use super::waiting::{Answered, Pending};
use super::{As, Lane, Shared, one_more, status};
use crate::outbound::sms::Verdict;

/// Octets that wait to be written at most; no message is added beyond.
const OUT_MOST: usize = 64 * 1024;
/// PDUs read before anything else is done at most.
const READ_AT_ONCE: usize = 64;
/// Deliveries that wait to be stored at most: those beyond are to come again.
const UNSTORED_MOST: usize = 500;
/// How long the gateway may take to say goodbye, and to answer what is under way when it does.
const GOODBYE: Duration = Duration::from_secs(1);
/// How long what came may still take to be stored when the line is gone.
const STORES_AFTER: Duration = Duration::from_secs(2);
/// Without anything to do it looks this often.
const IDLE: Duration = Duration::from_mins(1);
/// Sequence numbers go up to here.
const SEQUENCE_LAST: u32 = 0x7FFF_FFFF;

/// How a session ended.
pub(super) struct End {
    pub(super) why: String,
    /// Whether the gateway answered any message.
    pub(super) did_work: bool,
}

/// What is done once something that came was stored, or was not.
struct Stored {
    is_stored: bool,
    /// The request that is answered then; none for what came late.
    request: Option<(CommandId, u32)>,
}

/// Where the session is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Open,
    /// The gateway says goodbye by this request: answered when nothing is under way, or then.
    Leaving {
        sequence: u32,
        by: Instant,
    },
    /// We do: when nothing is under way, or then.
    Closing {
        by: Instant,
    },
    /// Nothing is written any more but what is in hand.
    Goodbye {
        by: Instant,
    },
}

/// Writes what it can of what waits, or flushes where nothing does; how many octets. Loses nothing when it is dropped.
async fn write(writer: &mut WriteHalf<Box<dyn Wire>>, out: &mut BytesMut) -> std::io::Result<Option<usize>> {
    if out.is_empty() {
        return writer.flush().await.map(|()| None);
    }
    writer.write_buf(out).await.map(Some)
}

pub(super) struct Session<'a> {
    shared: &'a Shared,
    lane: &'a Lane,
    reader: FramedRead<ReadHalf<Box<dyn Wire>>, LengthDelimitedCodec>,
    writer: WriteHalf<Box<dyn Wire>>,
    number: u64,
    out: BytesMut,
    /// Octets that were ever put into `out`, and those of them that are on the line.
    put: u64,
    written: u64,
    unflushed: bool,
    sequence: u32,
    pending: Pending,
    storing: FuturesUnordered<LocalBoxFuture<'static, Stored>>,
    heard: Instant,
    asked: bool,
    phase: Phase,
    did_work: bool,
}

impl<'a> Session<'a> {
    pub(super) fn new(shared: &'a Shared, lane: &'a Lane, open: Line, number: u64) -> Self {
        Self {
            shared,
            lane,
            reader: open.reader,
            writer: open.writer,
            number,
            out: BytesMut::with_capacity(8 * 1024),
            put: 0,
            written: 0,
            unflushed: false,
            sequence: BIND_SEQUENCE,
            pending: Pending::default(),
            storing: FuturesUnordered::new(),
            heard: Instant::now(),
            asked: false,
            phase: Phase::Open,
            did_work: false,
        }
    }

    /// Serves the line until it ends; everything that was under way is answered then.
    pub(super) async fn run(mut self) -> End {
        let why = self.serve().await;
        let Self { pending, written, did_work, storing, .. } = self;
        pending.end(written, &why);
        // Some of it the gateway will not send again.
        let _ = timeout(STORES_AFTER, storing.for_each(|_| ready(()))).await;
        End { why, did_work }
    }

    async fn serve(&mut self) -> String {
        loop {
            let now = Instant::now();
            if let Some(why) = self.look(now) {
                return why;
            }
            self.fill();
            let wake = self.wake(now);
            let has_out = !self.out.is_empty();
            tokio::select! {
                frame = self.reader.next() => {
                    if let Some(why) = self.read(frame) {
                        return why;
                    }
                }
                moved = write(&mut self.writer, &mut self.out), if has_out || self.unflushed => match moved {
                    Ok(Some(0)) => return "the line was closed".to_owned(),
                    Ok(Some(octets)) => {
                        self.written += octets as u64;
                        self.unflushed = true;
                    }
                    Ok(None) => self.unflushed = false,
                    Err(error) => return format!("the line broke: {error}"),
                },
                Some(stored) = self.storing.next(), if !self.storing.is_empty() => self.answer_delivery(&stored),
                () = self.lane.news.notified() => {}
                () = sleep_until(wake) => {}
            }
        }
    }

    /// Does what time asks for; why the line has to end, if it has to.
    fn look(&mut self, now: Instant) -> Option<String> {
        match self.pending.give_up(now, self.written) {
            Ok(0) => {}
            Ok(many) => {
                let counter = &self.shared.counts.unanswered;
                counter.set(counter.get() + many);
                tracing::warn!(
                    route = self.shared.name,
                    requests = many,
                    "the gateway did not answer in time"
                );
            }
            Err(()) => return Some("the gateway does not read what is sent to it".to_owned()),
        }
        let silence = now - self.heard;
        if silence >= self.shared.gateway.inactivity {
            return Some(format!("the gateway said nothing for {} s", silence.as_secs()));
        }
        if silence >= self.shared.gateway.enquire_link && !self.asked {
            self.asked = true;
            let sequence = self.next_sequence();
            self.send(CommandStatus::EsmeRok, sequence, Pdu::EnquireLink);
        }
        if self.takes_deliveries()
            && let Some(storing) = self.shared.arrivals.overdue(self.number)
        {
            self.storing.push(storing.map(|is_stored| Stored { is_stored, request: None }).boxed_local());
        }
        self.part(now)
    }

    /// Whether more that came may be handed on.
    fn takes_deliveries(&self) -> bool {
        self.lane.bind != As::Transmitter && self.storing.len() < UNSTORED_MOST
    }

    /// Says goodbye, where that is due.
    fn part(&mut self, now: Instant) -> Option<String> {
        let is_idle = self.pending.len() == 0 && self.storing.is_empty();
        match self.phase {
            Phase::Open => {
                if let Some(by) = self.shared.closes.get() {
                    self.phase = Phase::Closing { by };
                    return self.part(now);
                }
                None
            }
            Phase::Leaving { sequence, by } if is_idle || now >= by => {
                self.send(CommandStatus::EsmeRok, sequence, Pdu::UnbindResp);
                self.phase = Phase::Goodbye { by: now + GOODBYE };
                None
            }
            Phase::Closing { by } if is_idle || now >= by => {
                let sequence = self.next_sequence();
                self.send(CommandStatus::EsmeRok, sequence, Pdu::Unbind);
                self.phase = Phase::Goodbye { by: now + GOODBYE };
                None
            }
            Phase::Goodbye { by } if now >= by => Some("the gateway said goodbye".to_owned()),
            _ => None,
        }
    }

    /// Moves messages from the queue to the line, as many as may be under way.
    fn fill(&mut self) {
        if self.lane.bind == As::Receiver || self.phase != Phase::Open {
            return;
        }
        while self.pending.len() < self.shared.window && self.out.len() < OUT_MOST {
            let Some(item) = self.shared.queue.next() else { return };
            let (sequence, starts_at) = (self.next_sequence(), self.put);
            item.begun.set(true);
            self.send(CommandStatus::EsmeRok, sequence, item.pdu.clone());
            one_more(&self.shared.counts.sent);
            self.pending.put(sequence, item, starts_at);
        }
    }

    /// When to look again.
    fn wake(&self, now: Instant) -> Instant {
        let gateway = &self.shared.gateway;
        let silence = if self.asked { gateway.inactivity } else { gateway.enquire_link };
        let mut wake = (now + IDLE).min(self.heard + silence);
        if let Some(due) = self.pending.due() {
            wake = wake.min(due);
        }
        if let Phase::Leaving { by, .. } | Phase::Closing { by } | Phase::Goodbye { by } = self.phase {
            wake = wake.min(by);
        }
        if self.takes_deliveries()
            && let Some(due) = self.shared.arrivals.due()
        {
            wake = wake.min(now + due);
        }
        // Where octets wait to be written nothing else may be due: the line is looked at by itself.
        wake.max(now)
    }

    /// Takes what was read, and what else is there already.
    fn read(&mut self, first: Option<Result<BytesMut, std::io::Error>>) -> Option<String> {
        let mut next = Some(first);
        let mut many = 0;
        while let Some(frame) = next {
            let frame = match frame {
                Some(Ok(frame)) => frame,
                Some(Err(error))
                    if matches!(error.kind(), ErrorKind::InvalidData | ErrorKind::InvalidInput) =>
                {
                    return Some("the gateway sent what is no SMPP".to_owned());
                }
                Some(Err(error)) => return Some(format!("the line broke: {error}")),
                None => return Some("the gateway closed the line".to_owned()),
            };
            let Some((head, body)) = pdu::head(&frame) else {
                return Some("the gateway sent what is no SMPP".to_owned());
            };
            self.heard = Instant::now();
            self.asked = false;
            if let Some(why) = self.take(head, body) {
                return Some(why);
            }
            many += 1;
            next = if many < READ_AT_ONCE { self.reader.next().now_or_never() } else { None };
        }
        None
    }

    fn take(&mut self, head: Head, body: &[u8]) -> Option<String> {
        let sequence = head.sequence;
        match head.command {
            CommandId::SubmitSmResp => self.answer(head, body),
            CommandId::GenericNack if self.pending.has(sequence) => self.answer(head, body),
            CommandId::DeliverSm => self.deliver(head, CommandId::DeliverSmResp, pdu::deliver_sm(body)),
            CommandId::DataSm => self.deliver(head, CommandId::DataSmResp, pdu::data_sm(body)),
            CommandId::EnquireLink => self.send(CommandStatus::EsmeRok, sequence, Pdu::EnquireLinkResp),
            CommandId::Unbind => {
                self.phase = Phase::Leaving { sequence, by: Instant::now() + GOODBYE };
            }
            CommandId::UnbindResp if matches!(self.phase, Phase::Goodbye { .. }) => {
                return Some("the link was closed".to_owned());
            }
            CommandId::AlertNotification | CommandId::Outbind => {}
            command if command.is_response() => {}
            _ => {
                one_more(&self.shared.counts.garbled);
                self.send(CommandStatus::EsmeRinvcmdid, sequence, Pdu::GenericNack);
            }
        }
        None
    }

    /// Takes the answer to a message.
    fn answer(&mut self, head: Head, body: &[u8]) {
        self.did_work = true;
        // Some say by the status alone that they took it.
        let is_taken = head.status == 0 && head.command == CommandId::SubmitSmResp;
        let answer = if is_taken { Ok(pdu::message_id(body)) } else { Err(self.refusal(head.status)) };
        match self.pending.answer(head.sequence, answer) {
            Answered::InTime => {
                if is_taken {
                    one_more(&self.shared.counts.accepted);
                }
            }
            Answered::Late(told) => {
                if is_taken {
                    one_more(&self.shared.counts.accepted);
                }
                if let Some(inbound) = told {
                    let told = self.shared.arrivals.hand_on(inbound);
                    self.storing
                        .push(told.map(|is_stored| Stored { is_stored, request: None }).boxed_local());
                }
            }
            Answered::Nothing => one_more(&self.shared.counts.garbled),
        }
    }

    fn refusal(&self, said: u32) -> Verdict {
        status::verdict(said, &self.shared.gateway.statuses)
    }

    /// Takes a delivery. It is answered once it is stored.
    fn deliver(&mut self, head: Head, response: CommandId, delivered: Option<Delivered>) {
        let Some(delivered) = delivered else {
            one_more(&self.shared.counts.garbled);
            tracing::warn!(
                route = self.shared.name,
                "the gateway sent a delivery that cannot be read, and was told so"
            );
            self.send(CommandStatus::EsmeRinvcmdlen, head.sequence, Pdu::GenericNack);
            return;
        };
        let request = Some((response, head.sequence));
        if self.storing.len() >= UNSTORED_MOST {
            self.answer_delivery(&Stored { is_stored: false, request });
            return;
        }
        one_more(&self.shared.counts.delivered);
        let stored = self.shared.arrivals.delivered(delivered, self.number);
        self.storing.push(stored.map(move |is_stored| Stored { is_stored, request }).boxed_local());
    }

    fn answer_delivery(&mut self, stored: &Stored) {
        let Some((response, sequence)) = stored.request else { return };
        // A temporary failure: it is to come again.
        let status = if stored.is_stored { CommandStatus::EsmeRok } else { CommandStatus::EsmeRxTAppn };
        let before = self.out.remaining();
        pdu::put_empty_text(&mut self.out, response, status, sequence);
        self.put += (self.out.remaining() - before) as u64;
    }

    fn send(&mut self, status: CommandStatus, sequence: u32, pdu: impl Into<Pdu>) {
        let before = self.out.remaining();
        pdu::put(&mut self.out, status, sequence, pdu);
        self.put += (self.out.remaining() - before) as u64;
    }

    /// The next sequence number that no request on the line has.
    fn next_sequence(&mut self) -> u32 {
        loop {
            self.sequence = if self.sequence >= SEQUENCE_LAST { 1 } else { self.sequence + 1 };
            if !self.pending.has(self.sequence) {
                return self.sequence;
            }
        }
    }
}
