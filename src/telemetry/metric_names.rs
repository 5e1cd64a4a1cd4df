//! Every metric's name, in one list. Units are in the names, as Prometheus has it.
//! The supervision tree, which uses nothing but the foundation, names its own in `supervise`.

/// Requests by endpoint and outcome (counter; labels `endpoint`, `result`).
pub const HTTP_REQUESTS: &str = "aftercall_http_requests_total";
/// How long requests took (histogram, seconds; label `endpoint`).
pub const HTTP_SECONDS: &str = "aftercall_http_request_seconds";
/// Asks for a survey by outcome (counter; label `result`).
pub const OFFERS: &str = "aftercall_offers_total";
/// Answers made durable by kind (counter; label `kind`: new, repeat, correction).
pub const ANSWERS: &str = "aftercall_answers_total";
/// Responses that ended by state (counter; label `state`).
pub const RESPONSES_ENDED: &str = "aftercall_responses_ended_total";
/// Responses in progress in memory (gauge).
pub const RESPONSES_CACHED: &str = "aftercall_responses_cached";
/// How long a commit took (histogram, seconds).
pub const COMMIT_SECONDS: &str = "aftercall_commit_seconds";
/// Writes made durable together in one commit (histogram).
pub const COMMIT_WRITES: &str = "aftercall_commit_writes";
/// Writes waiting for the writer (gauge).
pub const WRITER_QUEUE: &str = "aftercall_writer_queue_depth";
/// Free bytes on the database's disk (gauge).
pub const DISK_FREE_BYTES: &str = "aftercall_disk_free_bytes";

/// All of the above with the sentence that explains each in `/metrics`.
pub const ALL: [(&str, &str); 10] = [
    (HTTP_REQUESTS, "Requests by endpoint and result."),
    (HTTP_SECONDS, "Time from request to reply in seconds, by endpoint."),
    (OFFERS, "Asks for a survey by result."),
    (ANSWERS, "Answers made durable, by kind."),
    (RESPONSES_ENDED, "Responses that ended, by state."),
    (RESPONSES_CACHED, "Responses in progress held in memory."),
    (COMMIT_SECONDS, "Time of a database commit in seconds."),
    (COMMIT_WRITES, "Writes made durable together in one commit."),
    (WRITER_QUEUE, "Writes waiting for the database writer."),
    (DISK_FREE_BYTES, "Free bytes on the disk of the database."),
];
