//! Invites and the outbox: passed on to the database. What a caller's end leads to goes with it through the spool.

use chrono::{DateTime, Utc};

use super::SpooledStorage;
use crate::domain::lease::Fence;
use crate::domain::outbox::MessageState;
use crate::foundation::{ClaimId, MessageId, ResponseId};
use crate::storage::{
    AuditRow, Claim, ClaimedMessage, DueReminder, InboundRow, InviteRow, InviteStore, MessageRow, OptOutRow,
    OutboxFilter, OutboxStore, ReceiptRow, Recovered, ResendRoutes, RouteRow, Settled, StoreFuture,
    StoredMessage,
};

impl InviteStore for SpooledStorage {
    fn invite_of(&self, reference: String) -> StoreFuture<'_, Option<InviteRow>> {
        self.primary.invite_of(reference)
    }

    fn invite(&self, id: ResponseId) -> StoreFuture<'_, Option<InviteRow>> {
        self.primary.invite(id)
    }

    fn invites(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<InviteRow>> {
        self.primary.invites(filter)
    }

    fn open_dialogue(&self, number: String) -> StoreFuture<'_, Option<ResponseId>> {
        self.primary.open_dialogue(number)
    }

    fn opt_out(&self, number: String) -> StoreFuture<'_, Option<OptOutRow>> {
        self.primary.opt_out(number)
    }

    fn opt_outs(
        &self,
        number: Option<String>,
        before: Option<DateTime<Utc>>,
        limit: u32,
    ) -> StoreFuture<'_, Vec<OptOutRow>> {
        self.primary.opt_outs(number, before, limit)
    }

    fn put_opt_out(&self, opt_out: OptOutRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        self.primary.put_opt_out(opt_out, audit)
    }

    fn delete_opt_out(&self, number: String, audit: Option<AuditRow>) -> StoreFuture<'_, bool> {
        self.primary.delete_opt_out(number, audit)
    }
}

impl OutboxStore for SpooledStorage {
    fn add_message(&self, message: MessageRow, audit: Option<AuditRow>) -> StoreFuture<'_, ()> {
        self.primary.add_message(message, audit)
    }

    fn claim_messages(&self, fence: Fence, claim: Claim, limit: u32) -> StoreFuture<'_, Vec<ClaimedMessage>> {
        self.primary.claim_messages(fence, claim, limit)
    }

    fn begin_submission(
        &self,
        fence: Fence,
        claim: ClaimId,
        message: MessageId,
        route: String,
        parts: u32,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, bool> {
        self.primary.begin_submission(fence, claim, message, route, parts, at)
    }

    fn settle_message(
        &self,
        claim: ClaimId,
        message: MessageId,
        settled: Settled,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, bool> {
        self.primary.settle_message(claim, message, settled, at)
    }

    fn put_back(
        &self,
        claim: ClaimId,
        messages: Vec<(MessageId, DateTime<Utc>, String)>,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, u64> {
        self.primary.put_back(claim, messages, at)
    }

    fn recover_messages(
        &self,
        fence: Fence,
        resend: ResendRoutes,
        at: DateTime<Utc>,
    ) -> StoreFuture<'_, Recovered> {
        self.primary.recover_messages(fence, resend, at)
    }

    fn take_receipt(&self, receipt: ReceiptRow) -> StoreFuture<'_, bool> {
        self.primary.take_receipt(receipt)
    }

    fn take_inbound(&self, inbound: InboundRow) -> StoreFuture<'_, Option<InboundRow>> {
        self.primary.take_inbound(inbound)
    }

    fn due_reminders(&self, now: DateTime<Utc>, limit: u32) -> StoreFuture<'_, Vec<DueReminder>> {
        self.primary.due_reminders(now, limit)
    }

    fn remind(&self, fence: Fence, invite: ResponseId, message: Option<MessageRow>) -> StoreFuture<'_, bool> {
        self.primary.remind(fence, invite, message)
    }

    fn message(&self, id: MessageId) -> StoreFuture<'_, Option<StoredMessage>> {
        self.primary.message(id)
    }

    fn messages(&self, filter: OutboxFilter) -> StoreFuture<'_, Vec<StoredMessage>> {
        self.primary.messages(filter)
    }

    fn message_counts(&self) -> StoreFuture<'_, Vec<(MessageState, u64)>> {
        self.primary.message_counts()
    }

    fn decide_message(
        &self,
        id: MessageId,
        send_again_until: Option<DateTime<Utc>>,
        at: DateTime<Utc>,
        audit: AuditRow,
    ) -> StoreFuture<'_, bool> {
        self.primary.decide_message(id, send_again_until, at, audit)
    }

    fn note_routes(&self, fence: Fence, routes: Vec<RouteRow>) -> StoreFuture<'_, ()> {
        self.primary.note_routes(fence, routes)
    }

    fn routes(&self) -> StoreFuture<'_, Vec<RouteRow>> {
        self.primary.routes()
    }

    fn delete_stale_inbound(&self, fence: Fence, before: DateTime<Utc>, limit: u32) -> StoreFuture<'_, u64> {
        self.primary.delete_stale_inbound(fence, before, limit)
    }
}
