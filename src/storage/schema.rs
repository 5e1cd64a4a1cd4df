//! Where a database's schema stands, the same for every engine. The migrations, their numbering, checksums and history
//! table are refinery's; each engine applies them in its own way, under its own lock.

use refinery::Migration;

use super::StorageErrorKind;

/// A migration that was applied to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedMigration {
    /// Its number.
    pub version: u32,
    /// Its name, such as `first_tables`.
    pub name: String,
    /// When (RFC 3339).
    pub applied_at: String,
    pub(super) checksum: String,
}

/// A migration that is yet to be applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PendingMigration {
    /// Its number.
    pub version: u32,
    /// Its name.
    pub name: String,
}

/// Where a database stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MigrationStatus {
    /// What was applied, oldest first; a newer program's migrations are among them.
    pub applied: Vec<AppliedMigration>,
    /// What the next start applies.
    pub pending: Vec<PendingMigration>,
    /// The oldest schema whose program may still work with this database; `None` before it says so.
    pub floor: Option<u32>,
}

impl MigrationStatus {
    /// Number of the newest migration applied; 0 for none.
    pub fn schema(&self) -> u32 {
        self.applied.last().map_or(0, |newest| newest.version)
    }

    /// What `known` adds to what was `applied`.
    pub(super) fn of(applied: Vec<AppliedMigration>, floor: Option<u32>, known: &[Migration]) -> Self {
        let pending = known
            .iter()
            .filter(|migration| !applied.iter().any(|done| done.version == number(migration)))
            .map(|migration| PendingMigration {
                version: number(migration),
                name: migration.name().to_owned(),
            })
            .collect();
        Self { applied, pending, floor }
    }

    /// Why a program that knows `known` must not work with this database, if so. The next program's schema is fine as
    /// long as the database does not say that it asks for a newer one: both run side by side during an upgrade.
    pub(super) fn objection(&self, known: &[Migration], place: &str) -> Option<(StorageErrorKind, String)> {
        let newest = known.iter().map(number).max().unwrap_or(0);
        if let Some(floor) = self.floor.filter(|floor| *floor > newest) {
            let what = format!(
                "{place} asks for a program that knows schema {floor}, this one knows up to {newest}; start the newer \
                 aftercall that upgraded it"
            );
            return Some((StorageErrorKind::NewerSchema, what));
        }
        let altered = self.applied.iter().find(|applied| {
            let ours = known.iter().find(|migration| number(migration) == applied.version);
            ours.is_some_and(|migration| migration.checksum().to_string() != applied.checksum)
        })?;
        let what = format!(
            "migration {} (`{}`) of {place} was not applied by a release of aftercall; bring back a backup",
            altered.version, altered.name
        );
        Some((StorageErrorKind::Corrupt, what))
    }
}

/// The number of a migration.
pub(super) fn number(migration: &Migration) -> u32 {
    u32::try_from(migration.version()).unwrap_or(0)
}

/// Migrations as an engine embeds them, by number.
pub(super) fn in_order(mut migrations: Vec<Migration>) -> Vec<Migration> {
    migrations.sort();
    migrations
}
