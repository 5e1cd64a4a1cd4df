//! The one place where commands meet the database engine and the survey validator.

use std::future::Future;
use std::path::Path;
use std::sync::Arc;

use super::check::Finding;
use super::failure::Failure;
use crate::config::{Config, DatabaseUrl};
use crate::storage::Storage;

/// Opens the database, creating and migrating it as needed.
pub fn open_storage(config: &Config) -> Result<Arc<dyn Storage>, Failure> {
    let folder = &config.node.data_dir;
    std::fs::create_dir_all(folder).map_err(|error| {
        Failure::new(format!(
            "cannot create the data folder {}: {error}; create it for this user or name another with --data-dir",
            folder.display()
        ))
    })?;
    Err(missing())
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
    let DatabaseUrl::Sqlite(_file) = &config.database.url;
    Err(missing())
}

/// What can be said of the database without changing it.
pub(super) fn inspect(config: &Config) -> Vec<Finding> {
    let DatabaseUrl::Sqlite(file) = &config.database.url;
    if !file.exists() {
        let detail = format!("{} does not exist yet: the first start creates it", file.display());
        return vec![Finding::ok("database", detail)];
    }
    vec![Finding::fail("database", missing())]
}

/// Puts a backup in place of the database; says what was done.
pub(super) fn restore(config: &Config, _from: &Path, _force: bool) -> Result<String, Failure> {
    let DatabaseUrl::Sqlite(_file) = &config.database.url;
    Err(missing())
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
}

/// Validates a survey document; says all that is wrong with it.
pub(super) fn validate_survey(_text: &str) -> Result<ValidSurvey, Vec<String>> {
    Err(vec!["this build has no survey validator".to_owned()])
}

/// The JSON Schema of survey documents.
pub(super) fn survey_schema() -> Result<String, Failure> {
    Err(Failure::new("this build has no survey validator"))
}

fn missing() -> Failure {
    Failure::new("this build has no database engine")
}
