//! The tables that are copied, each after those it refers to. What belongs to a database rather than to a site stays
//! behind: the history of migrations, the schema's floor, the row of the probe, and the stamp, which is raised instead. So do
//! leases, nodes, sessions, links to passwords and wrong passwords: people sign in anew. Links of customers go along: they are out
//! in the world. How routes are is seen anew, too.

use super::{Row, RowKey};

/// A table of a site.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Its columns, those of the primary key first.
    pub columns: &'static [&'static str],
    /// How many columns its primary key has.
    pub(super) key_columns: usize,
    /// The column that makes its rows large, if one does: its pages are bounded by bytes.
    pub(super) heavy: Option<&'static str>,
}

impl Table {
    /// The columns of the primary key.
    pub(super) fn key(&self) -> &'static [&'static str] {
        self.columns.get(..self.key_columns).unwrap_or_default()
    }

    /// The key of a row.
    pub(in crate::storage) fn key_of(&self, row: &Row) -> RowKey {
        row.iter().take(self.key_columns).cloned().collect()
    }
}

const fn table(name: &'static str, key_columns: usize, columns: &'static [&'static str]) -> Table {
    Table { name, columns, key_columns, heavy: None }
}

const fn heavy(
    name: &'static str,
    key_columns: usize,
    columns: &'static [&'static str],
    heavy: &'static str,
) -> Table {
    Table { name, columns, key_columns, heavy: Some(heavy) }
}

/// All of them, in the order in which they are copied.
pub static TABLES: [Table; 25] = [
    table("service", 1, &["id", "name", "name_key", "channel", "dn"]),
    heavy("survey", 1, &["id", "key", "name", "document", "saved_at", "revision", "saved_by"], "document"),
    heavy("version", 1, &["id", "survey_id", "number", "document", "published_at"], "document"),
    table("activation", 1, &["service_id", "survey_id", "paused", "changed_at"]),
    table(
        "offer",
        1,
        &[
            "id",
            "at",
            "service_id",
            "dn",
            "customer",
            "call_id",
            "agent_id",
            "agent_name",
            "team",
            "queue",
            "result",
            "trace",
            "node",
        ],
    ),
    table(
        "response",
        1,
        &[
            "id",
            "survey_id",
            "version_id",
            "service_id",
            "channel",
            "language",
            "seed",
            "state",
            "seq",
            "offered_at",
            "started_at",
            "ended_at",
            "updated_at",
            "write_id",
        ],
    ),
    table("response_link", 1, &["hash", "response_id", "created_at", "expires_at"]),
    table("answer", 2, &["response_id", "question_no", "question_key", "kind", "num", "text", "at"]),
    table(
        "invite",
        1,
        &["id", "at", "reference", "cause", "caused_by", "number", "language", "expires_at", "remind_at"],
    ),
    table(
        "outbox",
        1,
        &[
            "id",
            "kind",
            "response_id",
            "purpose",
            "number",
            "language",
            "text",
            "route_wanted",
            "state",
            "created_at",
            "due_at",
            "expires_at",
            "attempt",
            "doubles",
            "parts",
            "epoch",
            "claim_id",
            "claimed_at",
            "submitted_at",
            "route",
            "cause",
            "changed_at",
        ],
    ),
    table("sms_part", 2, &["route", "gateway_id", "outbox_id", "part", "state", "at"]),
    table("sms_receipt", 2, &["route", "gateway_id", "state", "detail", "at"]),
    table("sms_inbound", 2, &["route", "message_id", "response_id", "question", "at"]),
    table("opt_out", 1, &["number", "at", "source"]),
    table(
        "account",
        1,
        &[
            "id",
            "name",
            "display_name",
            "role",
            "password",
            "language",
            "created_at",
            "locked_at",
            "signed_in_at",
            "teams",
            "totp_secret",
            "totp_step",
        ],
    ),
    table("account_identity", 1, &["account_id", "hash", "issuer", "subject", "bound_at"]),
    table("saved_view", 1, &["id", "account_id", "page", "name", "query", "created_at"]),
    table(
        "report_mail",
        1,
        &[
            "id",
            "account_id",
            "survey",
            "breakdown",
            "rhythm",
            "at_hour",
            "recipients",
            "attachment",
            "created_at",
            "changed_at",
        ],
    ),
    table(
        "report_mail_sending",
        3,
        &[
            "mail_id",
            "first_day",
            "last_day",
            "claim_id",
            "state",
            "attempt",
            "due_at",
            "claimed_at",
            "next_at",
            "cause",
        ],
    ),
    table(
        "audit",
        1,
        &["id", "at", "account_id", "who", "action", "subject", "state_before", "state_after", "address"],
    ),
    table("api_key", 1, &["id", "name", "hash", "scopes", "created_at", "last_used_at", "revoked_at"]),
    table(
        "prompt",
        1,
        &[
            "id",
            "name",
            "language",
            "source",
            "source_sha256",
            "source_format",
            "duration_ms",
            "stored_at",
            "replaced_at",
        ],
    ),
    heavy("prompt_audio", 2, &["prompt_id", "form", "audio"], "audio"),
    table(
        "recording",
        1,
        &["id", "response_id", "question_no", "survey_id", "at", "duration_ms", "has_audio"],
    ),
    heavy("recording_audio", 1, &["recording_id", "audio"], "audio"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_table_has_a_key_and_the_column_it_is_heavy_with() {
        for table in &TABLES {
            assert!((1..table.columns.len()).contains(&table.key().len()), "{}", table.name);
            assert!(table.heavy.is_none_or(|column| table.columns.contains(&column)), "{}", table.name);
        }
    }
}
