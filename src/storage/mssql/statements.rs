//! The statements, one file each in `storage/sql`: most are the same for every engine, `x.mssql.sql` where the dialects
//! differ, `mssql/x.sql` what only SQL Server is asked.

macro_rules! statements {
    ($($name:ident = $($file:literal)+;)*) => {
        $(pub(super) const $name: &str = concat!($(include_str!(concat!("../sql/", $file)), ";\n"),+);)*
    };
}

/// A statement of several files that follow each other.
macro_rules! joined {
    ($($name:ident = $($file:literal)+;)*) => {
        $(pub(super) const $name: &str = concat!($(include_str!(concat!("../sql/", $file))),+);)*
    };
}

statements! {
    ACCOUNTS = "accounts.sql";
    ACCOUNT_GET = "account_get.sql";
    ACCOUNT_IDENTITY_DELETE = "account_identity_delete.sql";
    ACCOUNT_IDENTITY_INSERT = "account_identity_insert.sql";
    ACCOUNT_INSERT = "account_insert.sql";
    ACCOUNT_LANGUAGE = "account_language.sql";
    ACCOUNT_LINKS_DELETE = "account_links_delete.sql";
    ACCOUNT_LINKS_DELETE_STALE =
        "mssql/fenced_begin.sql" "account_links_delete_stale.mssql.sql" "mssql/fenced_count.sql" "mssql/fenced_end.sql";
    ACCOUNT_LINK_GET = "account_link_get.sql";
    ACCOUNT_LINK_INSERT = "account_link_insert.sql";
    ACCOUNT_LINK_TAKE = "account_link_take.sql";
    ACCOUNT_LOCK = "account_lock.sql";
    ACCOUNT_OF_IDENTITY = "account_of_identity.sql";
    ACCOUNT_PASSWORD = "account_password.sql";
    ACCOUNT_ROLE = "account_role.sql";
    ACCOUNT_SESSIONS = "account_sessions.sql";
    ACCOUNT_SESSIONS_DELETE_STALE =
        "mssql/fenced_begin.sql" "account_sessions_delete_stale.mssql.sql" "mssql/fenced_count.sql" "mssql/fenced_end.sql";
    ACCOUNT_SESSIONS_END = "account_sessions_end.sql";
    ACCOUNT_SESSION_END = "account_session_end.sql";
    ACCOUNT_SESSION_GET = "account_session_get.sql";
    ACCOUNT_SESSION_INSERT = "account_session_insert.sql";
    ACCOUNT_SESSION_TOUCH = "account_session_touch.sql";
    ACCOUNT_SIGNED_IN = "account_signed_in.sql";
    ACCOUNT_TEAMS = "account_teams.sql";
    ACCOUNT_TOTP = "account_totp.sql";
    ACCOUNT_TOTP_STEP = "account_totp_step.sql";
    ACTIVATIONS = "activations.sql";
    ACTIVATION_INSERT = "activation_insert.sql";
    ACTIVATION_PAUSE = "activation_pause.sql";
    ACTIVATION_UPDATE = "activation_update.sql";
    API_KEYS = "api_keys.sql";
    API_KEY_EXISTS = "api_key_exists.sql";
    API_KEY_INSERT = "api_key_insert.sql";
    API_KEY_REVOKE = "api_key_revoke.sql";
    API_KEY_TOUCH = "api_key_touch.sql";
    AUDIT_ERASURE_GET = "audit_erasure_get.sql";
    AUDIT_EXISTS = "audit_exists.sql";
    AUDIT_INSERT = "audit_insert.sql";
    AUDIT_INSERT_ERASURE = "audit_insert_erasure.sql";
    AUDIT_LINES = "audit_lines.mssql.sql";
    CATALOG = "catalog.sql";
    CATALOG_STAMP = "catalog_stamp.sql";
    CATALOG_STAMP_BUMP = "catalog_stamp_bump.sql";
    CATALOG_STAMP_RAISE = "catalog_stamp_raise.sql";
    COUNTS = "counts.sql";
    CUSTOMER_ANSWERS_DELETE = "customer_answers_delete.sql";
    CUSTOMER_AUDIO_DELETE = "customer_audio_delete.sql";
    CUSTOMER_LINKS_DELETE = "customer_links_delete.sql";
    CUSTOMER_INVITED_OFFERS = "customer_invited_offers.sql";
    CUSTOMER_INVITES_BLANK = "customer_invites_blank.mssql.sql";
    CUSTOMER_INVITES_DELETE = "customer_invites_delete.sql";
    CUSTOMER_MESSAGES_BLANK = "customer_messages_blank.sql";
    CUSTOMER_MESSAGES_DELETE = "customer_messages_delete.sql";
    CUSTOMER_OFFERS_BLANK = "customer_offers_blank.sql";
    CUSTOMER_OFFERS_DELETE = "customer_offers_delete.sql";
    CUSTOMER_PARTS_DELETE = "customer_parts_delete.sql";
    CUSTOMER_RECORDINGS_SILENCE = "customer_recordings_silence.sql";
    CUSTOMER_RESPONSES_DELETE = "customer_responses_delete.sql";
    CUSTOMER_WORDS_BLANK = "customer_words_blank.sql";
    DATABASE_CLOCK = "database_clock.mssql.sql";
    DIALOGUE_OPEN = "dialogue_open.mssql.sql";
    DRAFT_GET = "draft_get.sql";
    DRAFT_INSERT = "draft_insert.sql";
    DRAFT_MADE = "draft_made.sql";
    DRAFT_REVISION = "draft_revision.sql";
    DRAFT_UPDATE = "draft_update.sql";
    HISTORY = "history.sql";
    HISTORY_INSERT = "history_insert.sql";
    HISTORY_TABLE = "history_table.mssql.sql";
    INVITES = "invites.mssql.sql";
    INVITE_GET = "invite_get.mssql.sql";
    INVITE_OF = "invite_of.mssql.sql";
    INVITE_REMINDED = "invite_reminded.sql";
    LAST_OFFER_TO = "last_offer_to.sql";
    LEASES = "leases.mssql.sql";
    LEASE_ACQUIRE = "lease_acquire.mssql.sql";
    LEASE_RELEASE = "lease_release.sql";
    LEASE_RENEW = "lease_renew.mssql.sql";
    MESSAGES = "messages.mssql.sql";
    MESSAGE_AGAIN = "message_again.sql";
    MESSAGE_COUNTS = "message_counts.sql";
    MESSAGE_GET = "message_get.sql";
    MESSAGE_INSERT = "mssql/message_insert.sql";
    MESSAGE_TAKEN = "message_taken.sql";
    NODES = "nodes.mssql.sql";
    NODE_INSERT = "node_insert.mssql.sql";
    NODE_UPDATE = "node_update.mssql.sql";
    OFFERED_SINCE = "offered_since.sql";
    OFFERS_DELETE_FRUITLESS = "mssql/fenced_begin.sql" "mssql/offers_delete_fruitless.sql" "mssql/fenced_end.sql";
    OFFERS_NEWEST = "offers_newest.mssql.sql";
    OFFERS_OF_CALL = "offers_of_call.mssql.sql";
    OFFERS_OF_CUSTOMER = "offers_of_customer.mssql.sql";
    OFFER_GET = "offer_get.sql";
    OPT_OUTS = "opt_outs.mssql.sql";
    OPT_OUT_DELETE = "opt_out_delete.sql";
    OPT_OUT_GET = "opt_out_get.sql";
    OPT_OUT_INSERT = "opt_out_insert.sql";
    OUTBOX_BEGIN = "outbox_begin.sql";
    OUTBOX_BEGUN = "outbox_begun.sql";
    OUTBOX_CLAIM =
        "mssql/fenced_begin.sql" "outbox_end_stale.mssql.sql" "outbox_claim.mssql.sql" "mssql/fenced_count.sql" "mssql/fenced_end.sql";
    OUTBOX_CLAIMED = "outbox_claimed.sql";
    OUTBOX_HEED = "outbox_heed.sql";
    OUTBOX_PUT_BACK = "mssql/outbox_put_back.sql";
    OUTBOX_RECEIPT = "mssql/outbox_receipt.sql";
    OUTBOX_RECOVER =
        "mssql/fenced_begin.sql" "mssql/outbox_recover.sql" "mssql/fenced_end.sql" "mssql/outbox_unknown.sql";
    OUTBOX_SETTLE = "mssql/outbox_settle.sql";
    PREPARE = "mssql/prepare.sql";
    PROBE = "probe.sql";
    PROMPTS = "prompts.sql";
    PROMPTS_DELETE_REPLACED =
        "mssql/fenced_begin.sql" "prompts_delete_replaced.mssql.sql" "mssql/fenced_count.sql" "mssql/fenced_end.sql";
    PROMPT_AUDIO = "prompt_audio.sql";
    PROMPT_AUDIO_INSERT = "prompt_audio_insert.sql";
    PROMPT_EXISTS = "prompt_exists.sql";
    PROMPT_INSERT = "prompt_insert.sql";
    PROMPT_REPLACE = "prompt_replace.sql";
    PROMPT_SAME = "prompt_same.sql";
    RECORDINGS_SILENCE = "mssql/fenced_begin.sql" "mssql/recordings_silence.sql" "mssql/fenced_end.sql";
    RECORDING_GET = "recording_get.sql";
    REMINDERS_DUE = "reminders_due.mssql.sql";
    REPORT_AGENT_NAMES = "report_agent_names.sql";
    REPORT_MAILS = "report_mails.sql";
    REPORT_MAIL_CLAIM = "report_mail_claim.sql";
    REPORT_MAIL_CLAIMED = "report_mail_claimed.sql";
    REPORT_MAIL_CLAIM_AGAIN = "report_mail_claim_again.sql";
    REPORT_MAIL_DELETE = "report_mail_delete.sql";
    REPORT_MAIL_INSERT = "report_mail_insert.sql";
    REPORT_MAIL_SENDINGS_DELETE = "report_mail_sendings_delete.sql";
    REPORT_MAIL_SENDINGS_FORGET = "report_mail_sendings_forget.sql";
    REPORT_MAIL_SENDINGS_LOSE = "report_mail_sendings_lose.sql";
    REPORT_MAIL_SENDING_END = "report_mail_sending_end.sql";
    REPORT_MAIL_UPDATE = "report_mail_update.sql";
    REPORT_STATES = "report_states.mssql.sql";
    REPORT_TALLIES = "report_tallies.mssql.sql";
    RESPONSES_CLOSE_IDLE =
        "mssql/fenced_begin.sql" "mssql/rollups_before_idle.sql" "responses_close_idle.mssql.sql" "mssql/fenced_count.sql" "mssql/fenced_end.sql";
    RESPONSES_DELETE = "mssql/fenced_begin.sql" "mssql/responses_delete.sql" "mssql/fenced_end.sql";
    RESPONSE_LINKS_DELETE_STALE =
        "mssql/fenced_begin.sql" "response_links_delete_stale.mssql.sql" "mssql/fenced_count.sql" "mssql/fenced_end.sql";
    RESPONSE_LINK_GET = "response_link_get.sql";
    RESPONSE_LINK_INSERT = "response_link_insert.sql";
    RESPONSE_LINK_MADE = "response_link_made.sql";
    RESPONSE_OF_CALL = "response_of_call.mssql.sql";
    RESPONSE_OLDEST = "response_oldest.sql";
    // The response first: whoever writes in between makes its sequence number too low, never its answers too few.
    RESPONSE_WITH_ANSWERS = "response_get.sql" "answers_of_response.sql";
    ROLLUPS_OF_CUSTOMER = "mssql/rollups_of_customer.sql";
    ROLLUP_AGENT_NAMES = "rollup_agent_names.sql";
    ROLLUP_COUNTED = "rollup_counted.sql";
    ROLLUP_COUNTS = "rollup_answers.mssql.sql" "rollup_states.mssql.sql";
    ROLLUP_DUE = "rollup_due.mssql.sql";
    // The periods before and after: the groups of one that is the same in both were read whole.
    ROLLUP_GROUPS = "rollup_periods.sql" "rollup_groups.mssql.sql" "rollup_periods.sql";
    ROLLUP_GROUPS_DELETE = "rollup_groups_delete.sql";
    ROLLUP_GROUPS_INSERT = "mssql/rollup_groups_insert.sql";
    ROLLUP_PERIODS = "rollup_periods.sql";
    ROLLUP_PERIOD_DELETE = "rollup_period_delete.sql";
    ROLLUP_PERIOD_INSERT = "rollup_period_insert.mssql.sql";
    SAVED_VIEWS = "saved_views.sql";
    SAVED_VIEW_DELETE = "saved_view_delete.sql";
    SAVED_VIEW_INSERT = "saved_view_insert.sql";
    SAVED_VIEW_UPDATE = "saved_view_update.sql";
    SCHEMA_FLOOR = "schema_floor.sql";
    SERVER = "mssql/server.sql";
    SERVICES = "services.sql";
    SERVICE_EXISTS = "service_exists.sql";
    SERVICE_INSERT = "service_insert.sql";
    SESSION = "mssql/session.sql";
    SIGN_IN_FAILURES_DELETE_STALE =
        "mssql/fenced_begin.sql" "sign_in_failures_delete_stale.mssql.sql" "mssql/fenced_count.sql" "mssql/fenced_end.sql";
    SIGN_IN_FAILURE_COUNT = "sign_in_failure_count.sql";
    SIGN_IN_FAILURE_DELETE = "sign_in_failure_delete.sql";
    SIGN_IN_FAILURE_GET = "sign_in_failure_get.sql";
    SIGN_IN_FAILURE_INSERT = "sign_in_failure_insert.sql";
    SIZE = "mssql/size.sql";
    SMS_DELETE_STALE = "mssql/fenced_begin.sql" "mssql/sms_delete_stale.sql" "mssql/fenced_end.sql";
    SMS_INBOUND_GET = "sms_inbound_get.sql";
    SMS_INBOUND_INSERT = "mssql/sms_inbound_insert.sql";
    SMS_INBOUND_TAKEN = "mssql/sms_inbound_taken.sql";
    SMS_ROUTES = "sms_routes.sql";
    SMS_ROUTE_INSERT = "sms_route_insert.sql";
    SMS_ROUTE_UPDATE = "sms_route_update.sql";
    SURVEYS = "surveys.sql";
    TABLES = "tables.mssql.sql";
    VERSIONS = "versions.sql";
    VERSION_GET = "version_get.sql";
    VERSION_INSERT = "version_insert.sql";
    VERSION_NUMBER = "version_number.sql";
    WRITE_ANSWERS = "mssql/write_answers.sql";
    WRITE_AUDIO = "mssql/write_audio.sql";
    WRITE_BEGIN = "mssql/write_begin.sql";
    WRITE_BEGINNINGS = "mssql/write_beginnings.sql";
    WRITE_CHANGES = "mssql/write_changes.sql";
    WRITE_CORRECTIONS = "mssql/write_corrections.sql";
    WRITE_END = "mssql/write_end.sql";
    WRITE_INVITED = "mssql/write_invited.sql";
    WRITE_INVITES = "mssql/write_invites.sql";
    WRITE_MESSAGES = "mssql/write_messages.sql";
    WRITE_OFFERS = "mssql/write_offers.sql";
    WRITE_RECORDINGS = "mssql/write_recordings.sql";
    WRITE_ROLLUPS = "mssql/write_rollups.sql";
    WRITE_SILENCES = "mssql/write_silences.sql";
}

joined! {
    FOUND_BY_TIME = "found_head.mssql.sql" "found_by_time.sql" "found_where.sql" "found_teams.mssql.sql" "found_tail.sql";
    FOUND_BY_CUSTOMER = "found_head.mssql.sql" "found_by_customer.sql" "found_where.sql" "found_teams.mssql.sql" "found_tail.sql";
    FOUND_BY_CALL = "found_head.mssql.sql" "found_by_call.sql" "found_where.sql" "found_teams.mssql.sql" "found_tail.sql";
    FOUND_BY_ID = "found_head.mssql.sql" "found_by_id.sql" "found_where.sql" "found_teams.mssql.sql" "found_tail.sql";
    FOUND_COUNT_BY_TIME = "found_count_head.mssql.sql" "found_by_time.sql" "found_where.sql" "found_teams.mssql.sql";
    FOUND_COUNT_BY_CUSTOMER = "found_count_head.mssql.sql" "found_by_customer.sql" "found_where.sql" "found_teams.mssql.sql";
    FOUND_COUNT_BY_CALL = "found_count_head.mssql.sql" "found_by_call.sql" "found_where.sql" "found_teams.mssql.sql";
}
