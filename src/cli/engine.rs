//! The one place where commands meet the database engine and the survey validator.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use super::check::Finding;
use super::failure::Failure;
use crate::config::{Config, DatabaseUrl};
use crate::domain::survey::{self, SurveyGraph};
use crate::foundation::{Clock, SystemClock};
use crate::storage::Storage;
use crate::storage::sqlite::{self, ServerLock, SqliteSettings, SqliteStorage};

/// A database in use by a server; no restore replaces it meanwhile.
pub(super) struct OpenDatabase {
    /// The database.
    pub(super) storage: Arc<dyn Storage>,
    _lock: ServerLock,
}

/// Opens the database for a server, creating and migrating it as needed.
pub(super) fn open_database(config: &Config) -> Result<OpenDatabase, Failure> {
    make_folder(config)?;
    let settings = settings(config);
    let lock = ServerLock::shared(&settings.path)?;
    let storage = SqliteStorage::open(&settings, Arc::new(SystemClock::new()))?;
    Ok(OpenDatabase { storage, _lock: lock })
}

/// Opens the database for a command, beside a server or without one; creates and migrates it as needed.
pub fn open_storage(config: &Config) -> Result<Arc<dyn Storage>, Failure> {
    make_folder(config)?;
    Ok(SqliteStorage::open(&settings(config), Arc::new(SystemClock::new()))?)
}

fn make_folder(config: &Config) -> Result<(), Failure> {
    let folder = &config.node.data_dir;
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::new(format!(
            "cannot create the data folder {}: {error}; create it for this user or name another with --data-dir",
            folder.display()
        ))
    })
}

fn settings(config: &Config) -> SqliteSettings {
    let from = &config.database;
    let DatabaseUrl::Sqlite(path) = &from.url;
    SqliteSettings {
        path: path.clone(),
        readers: from.readers,
        batch_max: from.commit_batch_max,
        checkpoint_pages: from.checkpoint_pages,
        busy_timeout: from.busy_timeout,
        statement_timeout: from.statement_timeout,
        free_space_min_bytes: from.free_space_min_bytes,
    }
}

/// Waits for a future on this thread.
pub fn block_on<F: Future>(future: F) -> Result<F::Output, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Failure::because("cannot start the runtime", &error))?;
    Ok(runtime.block_on(future))
}

/// The migrations this program knows.
#[derive(Debug, Default)]
pub(super) struct Migrations {
    /// Applied, in order.
    pub(super) applied: Vec<String>,
    /// To be applied, in order.
    pub(super) pending: Vec<String>,
}

/// Where the database stands; changes nothing.
pub(super) fn migrations(config: &Config) -> Result<Migrations, Failure> {
    let status = sqlite::status(&settings(config).path)?;
    let applied =
        status.applied.into_iter().map(|m| format!("{:04} {} ({})", m.version, m.name, m.applied_at));
    let pending = status.pending.into_iter().map(|m| format!("{:04} {}", m.version, m.name));
    Ok(Migrations { applied: applied.collect(), pending: pending.collect() })
}

/// What can be said of the database without changing it.
pub(super) fn inspect(config: &Config) -> Vec<Finding> {
    let findings = sqlite::inspect(&settings(config));
    let finding = |found: sqlite::Finding| match found.result {
        Ok(detail) => Finding::ok(found.subject, detail),
        Err(error) => Finding::fail(found.subject, error),
    };
    findings.into_iter().map(finding).collect()
}

/// Puts a backup in place of the database; says what was done.
pub(super) fn restore(config: &Config, from: &Path, force: bool) -> Result<String, Failure> {
    make_folder(config)?;
    let path = settings(config).path;
    let restored = sqlite::restore(from, &path, force, SystemClock::new().now())?;
    let kept = restored.kept.map(|kept| format!("; the old database is kept as {}", kept.display()));
    let (path, size) = (path.display(), restored.size_bytes);
    Ok(format!("restored {path} from {} ({size} bytes){}", from.display(), kept.unwrap_or_default()))
}

/// A survey document that was found valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ValidSurvey {
    /// The survey's key.
    pub(super) key: String,
    /// Its name.
    pub(super) name: String,
    /// The document as it is stored.
    pub(super) document: String,
    /// What is asked.
    pub(super) graph: SurveyGraph,
}

/// Validates a survey document; says all that is wrong with it.
pub(super) fn validate_survey(text: &str) -> Result<ValidSurvey, Vec<String>> {
    let graph = SurveyGraph::from_json(text)
        .map_err(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let document = serde_json::to_string_pretty(graph.document()).map_err(|e| vec![e.to_string()])?;
    Ok(ValidSurvey { key: graph.key().to_owned(), name: graph.name().to_owned(), document, graph })
}

/// The JSON Schema of survey documents.
pub(super) fn survey_schema() -> Result<String, Failure> {
    let schema = serde_json::to_string_pretty(&survey::json_schema());
    schema.map_err(|error| Failure::because("cannot print the schema", &error))
}
