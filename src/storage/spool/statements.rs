//! The statements of the spool's file, one file each in `storage/sql/spool`.

macro_rules! statements {
    ($($name:ident = $file:literal;)*) => {
        $(pub(super) const $name: &str = include_str!(concat!("../sql/spool/", $file));)*
    };
}

statements! {
    ENTRIES_NEXT = "entries_next.sql";
    ENTRIES_OF_RESPONSE = "entries_of_response.sql";
    ENTRY_DELETE = "entry_delete.sql";
    ENTRY_FIGURES = "entry_figures.sql";
    ENTRY_INSERT = "entry_insert.sql";
    ENTRY_LAST = "entry_last.sql";
    ENTRY_STRAND = "entry_strand.sql";
    KEPT_AUDIO_DELETE = "kept_audio_delete.sql";
    KEPT_AUDIO_GET = "kept_audio_get.sql";
    KEPT_AUDIO_IDS = "kept_audio_ids.sql";
    KEPT_AUDIO_PUT = "kept_audio_put.sql";
    KEPT_LIST_GET = "kept_list_get.sql";
    KEPT_LIST_PUT = "kept_list_put.sql";
    KEPT_VERSION_GET = "kept_version_get.sql";
    KEPT_VERSION_PUT = "kept_version_put.sql";
}

/// Proves that the file takes writes; the same statement as the database's.
pub(super) const PROBE: &str = include_str!("../sql/probe.sql");
