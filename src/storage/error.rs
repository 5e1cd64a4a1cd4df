//! What can go wrong with a database, in the words of the one who has to mend it.

use std::fmt;

/// The kinds of trouble, which decide what the caller does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StorageErrorKind {
    /// The database cannot be reached or the writer is between two lives: try again soon.
    Unavailable,
    /// Another process holds the database.
    Locked,
    /// No space left on the disk.
    Full,
    /// The file or its folder cannot be written.
    ReadOnly,
    /// The file is not a database or is damaged.
    Corrupt,
    /// The database was upgraded by a newer aftercall.
    NewerSchema,
    /// The row exists already.
    Duplicate,
    /// The database is away and what this node may keep meanwhile is used up.
    SpoolFull,
    /// Not done within its time; whether it was written is not known.
    TimedOut,
    /// A fault of ours.
    Internal,
}

/// An error of the storage: what was being done, why it failed, what to do next.
#[derive(Debug, thiserror::Error)]
#[error("{doing}: {what}")]
pub struct StorageError {
    /// The kind.
    pub kind: StorageErrorKind,
    /// What was being done, such as `cannot open /var/lib/aftercall/aftercall.db`.
    pub doing: String,
    /// What went wrong and the next step, in a sentence.
    pub what: String,
    /// The driver's error.
    #[source]
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl StorageError {
    /// An error without a driver's error behind it.
    pub fn new(kind: StorageErrorKind, doing: impl fmt::Display, what: impl fmt::Display) -> Self {
        Self { kind, doing: doing.to_string(), what: what.to_string(), source: None }
    }

    /// Whether trying the same again may help within seconds.
    pub fn may_pass(&self) -> bool {
        matches!(
            self.kind,
            StorageErrorKind::Unavailable | StorageErrorKind::Locked | StorageErrorKind::TimedOut
        )
    }
}
