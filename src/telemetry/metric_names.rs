//! Every metric's name, in one list. Units are in the names, as Prometheus has it.
//! The supervision tree, which uses nothing but the foundation, names its own in `supervise`.

/// Requests by endpoint and outcome (counter; labels `endpoint`, `result`).
pub const HTTP_REQUESTS: &str = "aftercall_http_requests_total";
/// How long requests took (histogram, seconds; label `endpoint`).
pub const HTTP_SECONDS: &str = "aftercall_http_request_seconds";
/// Requests begun and not yet answered (gauge).
pub const HTTP_IN_FLIGHT: &str = "aftercall_http_requests_in_flight";
/// Asks for a survey by outcome (counter; label `result`).
pub const OFFERS: &str = "aftercall_offers_total";
/// Answers made durable by kind (counter; label `kind`: new, repeat, correction).
pub const ANSWERS: &str = "aftercall_answers_total";
/// Text messages by what became of them, each try on its own (counter; label `state`).
pub const TEXT_MESSAGES: &str = "aftercall_text_messages_total";
/// Responses that ended by state (counter; label `state`).
pub const RESPONSES_ENDED: &str = "aftercall_responses_ended_total";
/// Responses in progress in memory (gauge).
pub const RESPONSES_CACHED: &str = "aftercall_responses_cached";
/// Writes waiting for the database's writer (gauge).
pub const WRITER_QUEUE: &str = "aftercall_writer_queue_depth";
/// How long the writer has been at the batch in hand; 0 when it waits for work (gauge, seconds).
pub const WRITER_BUSY_SECONDS: &str = "aftercall_writer_busy_seconds";
/// Lives of the writer that ended in a panic (counter).
pub const WRITER_RESTARTS: &str = "aftercall_writer_restarts_total";
/// Time since the last commit (gauge, seconds).
pub const LAST_COMMIT_AGE_SECONDS: &str = "aftercall_last_commit_age_seconds";
/// Commits (counter).
pub const COMMITS: &str = "aftercall_commits_total";
/// Writes made durable (counter); over the commits, how many share one.
pub const WRITES: &str = "aftercall_writes_total";
/// Writes in the largest commit (gauge).
pub const LARGEST_BATCH: &str = "aftercall_largest_commit_writes";
/// Recordings taken (counter; label `form`: how they came, multipart, bare or text).
pub const RECORDINGS: &str = "aftercall_recordings_total";
/// Audio of recordings taken (counter, bytes as stored).
pub const RECORDING_BYTES: &str = "aftercall_recording_bytes_total";
/// Recordings whose audio was deleted because its retention was over (counter).
pub const RECORDINGS_DELETED: &str = "aftercall_recordings_deleted_total";
/// How long the conversion of audio took (histogram, seconds; label `of`: recording).
pub const CONVERSION_SECONDS: &str = "aftercall_conversion_seconds";
/// Prompts read from the database because they were not in memory (counter).
pub const PROMPT_READS: &str = "aftercall_prompt_reads_total";
/// Audio of prompts in memory (gauge).
pub const PROMPT_CACHE_BYTES: &str = "aftercall_prompt_cache_bytes";
/// Whether the database is away and callers are served by the spool (gauge, 0 or 1).
pub const DATABASE_AWAY: &str = "aftercall_database_away";
/// Entries in the spool, not yet in the database (gauge).
pub const SPOOL_ENTRIES: &str = "aftercall_spool_entries";
/// Their bytes (gauge).
pub const SPOOL_BYTES: &str = "aftercall_spool_bytes";
/// The most bytes there may be (gauge).
pub const SPOOL_BYTES_MAX: &str = "aftercall_spool_max_bytes";
/// Entries that the database did not take, kept apart (gauge).
pub const SPOOL_STRANDED: &str = "aftercall_spool_stranded_entries";
/// Damaged spool files that were set aside and are still there (gauge).
pub const SPOOL_DAMAGED_FILES: &str = "aftercall_spool_damaged_files";
/// How often the database went away (counter).
pub const SPOOL_OUTAGES: &str = "aftercall_database_outages_total";
/// Entries added to the spool (counter).
pub const SPOOL_SPOOLED: &str = "aftercall_spool_added_total";
/// Entries of the spool that the database has (counter).
pub const SPOOL_REPLAYED: &str = "aftercall_spool_replayed_total";
/// Entries merged with what somebody else stored meanwhile (counter).
pub const SPOOL_MERGED: &str = "aftercall_spool_merged_total";
/// Callers refused because the spool was full (counter).
pub const SPOOL_REFUSED: &str = "aftercall_spool_refused_total";
/// Whether this node holds a lease: 1 or 0 (gauge; label `role`).
pub const LEASE_HELD: &str = "aftercall_lease_held";
/// How often a lease came to this node, or left it (counter; label `role`).
pub const LEASE_CHANGES: &str = "aftercall_lease_changes_total";

/// Whether this node has the virtual IP: 1 or 0 (gauge).
pub const VIP_HELD: &str = "aftercall_vip_held";
/// How often the virtual IP came to this node, or left it (counter).
pub const VIP_CHANGES: &str = "aftercall_vip_changes_total";
/// How often keepalived was started again because it had ended (counter).
pub const VIP_KEEPALIVED_RESTARTS: &str = "aftercall_keepalived_restarts_total";

/// Tries to send a report by mail (counter; label `state`: what became of it).
pub const REPORT_MAILS: &str = "aftercall_report_mails_total";

/// All of the above with the sentence that explains each in `/metrics`.
pub const ALL: [(&str, &str); 38] = [
    (HTTP_REQUESTS, "Requests by endpoint and result."),
    (HTTP_SECONDS, "Time from request to reply in seconds, by endpoint."),
    (HTTP_IN_FLIGHT, "Requests of the IVR API begun and not yet answered."),
    (OFFERS, "Asks for a survey by result."),
    (TEXT_MESSAGES, "Text messages by what became of them, each try on its own."),
    (ANSWERS, "Answers made durable, by kind."),
    (RESPONSES_ENDED, "Responses that ended, by state."),
    (RESPONSES_CACHED, "Responses in progress held in memory."),
    (WRITER_QUEUE, "Writes waiting for the database writer."),
    (WRITER_BUSY_SECONDS, "Seconds the database writer has been at the batch in hand."),
    (WRITER_RESTARTS, "Lives of the database writer that ended in a panic."),
    (LAST_COMMIT_AGE_SECONDS, "Seconds since the last commit."),
    (COMMITS, "Commits of the database."),
    (WRITES, "Writes made durable."),
    (RECORDINGS, "Recordings taken, by how they came."),
    (RECORDING_BYTES, "Bytes of recordings taken, as stored."),
    (RECORDINGS_DELETED, "Recordings deleted because their retention was over."),
    (CONVERSION_SECONDS, "Time the conversion of audio took in seconds."),
    (PROMPT_READS, "Prompts read from the database because they were not in memory."),
    (PROMPT_CACHE_BYTES, "Bytes of prompts in memory."),
    (LARGEST_BATCH, "Writes in the largest commit."),
    (DATABASE_AWAY, "1 while the database is away and callers are served by the spool."),
    (SPOOL_ENTRIES, "Entries in the spool, not yet in the database."),
    (SPOOL_BYTES, "Bytes of the entries in the spool."),
    (SPOOL_BYTES_MAX, "Bytes of entries the spool may hold."),
    (SPOOL_STRANDED, "Spooled entries that the database did not take, kept apart."),
    (SPOOL_DAMAGED_FILES, "Damaged spool files that were set aside and are still there."),
    (SPOOL_OUTAGES, "How often the database went away."),
    (SPOOL_SPOOLED, "Entries added to the spool."),
    (SPOOL_REPLAYED, "Spooled entries that the database has now."),
    (SPOOL_MERGED, "Spooled entries merged with what somebody else stored meanwhile."),
    (SPOOL_REFUSED, "Callers refused because the spool was full."),
    (LEASE_HELD, "1 while this node holds the lease of a role."),
    (LEASE_CHANGES, "How often the lease of a role came to this node or left it."),
    (VIP_HELD, "1 while this node has the virtual IP."),
    (VIP_CHANGES, "How often the virtual IP came to this node or left it."),
    (VIP_KEEPALIVED_RESTARTS, "How often keepalived was started again because it had ended."),
    (REPORT_MAILS, "Tries to send a report by mail, by what became of them."),
];
