//! The statements, one file each in `storage/sql`; `x.sqlite.sql` where the dialects differ.

macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(pub(super) const $name: &str = include_str!(concat!("../sql/", $file));)*
    };
}

statements! {
    ACTIVATION_INSERT = "activation_insert.sql";
    ACTIVATION_PAUSE = "activation_pause.sql";
    ACTIVATION_UPDATE = "activation_update.sql";
    ACTIVATIONS = "activations.sql";
    ANSWER_PUT = "sqlite/answer_put.sql";
    ANSWERS_DELETE = "answers_delete.sql";
    ANSWERS_OF_RESPONSE = "answers_of_response.sql";
    API_KEY_INSERT = "api_key_insert.sql";
    API_KEY_REVOKE = "api_key_revoke.sql";
    API_KEY_TOUCH = "api_key_touch.sql";
    API_KEYS = "api_keys.sql";
    CATALOG = "catalog.sql";
    CATALOG_STAMP = "catalog_stamp.sql";
    CATALOG_STAMP_BUMP = "catalog_stamp_bump.sql";
    CATALOG_STAMP_RAISE = "catalog_stamp_raise.sql";
    COUNTS = "counts.sql";
    DATABASE_CLOCK = "database_clock.sqlite.sql";
    DRAFT_GET = "draft_get.sql";
    DRAFT_INSERT = "draft_insert.sql";
    DRAFT_UPDATE = "draft_update.sql";
    HISTORY = "history.sql";
    HISTORY_INSERT = "history_insert.sql";
    HISTORY_TABLE = "history_table.sqlite.sql";
    LAST_OFFER_TO = "last_offer_to.sql";
    LEASE_ACQUIRE = "lease_acquire.sqlite.sql";
    LEASE_RELEASE = "lease_release.sql";
    LEASE_RENEW = "lease_renew.sqlite.sql";
    LEASES = "leases.sqlite.sql";
    NODE_INSERT = "node_insert.sqlite.sql";
    NODE_UPDATE = "node_update.sqlite.sql";
    NODES = "nodes.sqlite.sql";
    OFFER_DELETE = "offer_delete.sql";
    OFFER_INSERT = "offer_insert.sql";
    OFFERED_SINCE = "offered_since.sql";
    OFFERS_DELETE_FRUITLESS = "offers_delete_fruitless.sqlite.sql";
    OFFERS_NEWEST = "offers_newest.sqlite.sql";
    OFFERS_OF_CALL = "offers_of_call.sqlite.sql";
    OFFERS_OF_CUSTOMER = "offers_of_customer.sqlite.sql";
    PROBE = "probe.sql";
    PROMPT_AUDIO = "prompt_audio.sql";
    PROMPT_AUDIO_INSERT = "prompt_audio_insert.sql";
    PROMPT_INSERT = "prompt_insert.sql";
    PROMPT_REPLACE = "prompt_replace.sql";
    PROMPT_SAME = "prompt_same.sql";
    PROMPTS = "prompts.sql";
    PROMPTS_DELETE_REPLACED = "prompts_delete_replaced.sqlite.sql";
    RECORDING_AUDIO_DELETE = "recording_audio_delete.sql";
    RECORDING_AUDIO_INSERT = "recording_audio_insert.sql";
    RECORDING_DELETE = "recording_delete.sql";
    RECORDING_GET = "recording_get.sql";
    RECORDING_INSERT = "recording_insert.sql";
    RECORDING_SILENCE = "recording_silence.sql";
    RECORDINGS_BEFORE = "sqlite/recordings_before.sql";
    REPORT_AGENT_NAMES = "report_agent_names.sql";
    REPORT_STATES = "report_states.sqlite.sql";
    REPORT_TALLIES = "report_tallies.sqlite.sql";
    RESPONSE_DELETE = "response_delete.sql";
    RESPONSE_GET = "response_get.sql";
    RESPONSE_INSERT = "response_insert.sql";
    RESPONSE_OF_CALL = "response_of_call.sqlite.sql";
    RESPONSE_UPDATE = "response_update.sql";
    RESPONSE_WRITTEN = "response_written.sql";
    RESPONSES_CLOSE_IDLE = "responses_close_idle.sqlite.sql";
    RESPONSES_OFFERED_BEFORE = "sqlite/responses_offered_before.sql";
    SCHEMA_FLOOR = "schema_floor.sql";
    SERVICE_INSERT = "service_insert.sql";
    SERVICES = "services.sql";
    SURVEYS = "surveys.sql";
    TABLES = "tables.sqlite.sql";
    VERSION_GET = "version_get.sql";
    VERSION_INSERT = "version_insert.sql";
    VERSION_NUMBER = "version_number.sql";
}
