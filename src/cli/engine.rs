//! The one place where commands meet the database engine and the survey validator.

use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::check::Finding;
use super::failure::Failure;
use crate::config::{Config, Database, DatabaseEncrypt, DatabaseEndpoint, DatabaseUrl, Mssql};
use crate::domain::survey::{self, SurveyGraph};
use crate::foundation::{Clock, SystemChance, SystemClock};
use crate::storage::copy::Side;
use crate::storage::mssql::{self, Encrypt, Endpoint, MssqlSettings, MssqlStorage, Trust};
use crate::storage::spool::{SpoolSettings, SpooledStorage};
use crate::storage::sqlite::{self, ServerLock, SqliteSettings, SqliteStorage};
use crate::storage::{SpoolStore, Storage};
use crate::telemetry::Chain;

/// A database in use by a server; no restore replaces it meanwhile.
pub(super) struct OpenDatabase {
    /// The database, with the spool before it if there is one.
    pub(super) storage: Arc<dyn Storage>,
    /// The spool.
    pub(super) spool: Option<Arc<dyn SpoolStore>>,
    /// No other server runs with this node's files, nor did one that was not ended: the spool belongs to one.
    pub(super) is_alone: bool,
    _locks: Vec<ServerLock>,
}

/// Opens the database for a server, creating and migrating it as needed. Where the database is away but was known to this
/// node before, the spool serves until it is back.
pub(super) async fn open_database(config: &Config) -> Result<OpenDatabase, Failure> {
    make_folder(config)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let spooled = config.uses_spool();
    match target(config) {
        Target::Sqlite(settings) => {
            let lock = ServerLock::shared(&settings.path)?;
            let storage = SqliteStorage::open(&settings, Arc::clone(&clock))?;
            if !spooled {
                return Ok(OpenDatabase { storage, spool: None, is_alone: false, _locks: vec![lock] });
            }
            let (spool, spool_lock) = open_spool(config, storage, clock).await?;
            Ok(OpenDatabase {
                storage: spool.clone(),
                spool: Some(spool),
                is_alone: true,
                _locks: vec![lock, spool_lock],
            })
        }
        Target::Mssql(settings) if !spooled => {
            let storage = MssqlStorage::open(&settings, clock, Arc::new(SystemChance))?;
            Ok(OpenDatabase { storage, spool: None, is_alone: false, _locks: Vec::new() })
        }
        Target::Mssql(settings) => {
            let storage = MssqlStorage::start(&settings, Arc::clone(&clock), Arc::new(SystemChance))?;
            let (spool, lock) = open_spool(config, storage.clone(), clock).await?;
            match storage.prepare() {
                Err(error) if error.may_pass() && spool.can_serve_alone() => spool.leave(&error),
                prepared => prepared?,
            }
            Ok(OpenDatabase {
                storage: spool.clone(),
                spool: Some(spool),
                is_alone: true,
                _locks: vec![lock],
            })
        }
    }
}

/// Puts the spool before a database. Its file belongs to one server.
async fn open_spool(
    config: &Config,
    primary: Arc<dyn Storage>,
    clock: Arc<dyn Clock>,
) -> Result<(Arc<SpooledStorage>, ServerLock), Failure> {
    let from = &config.spool;
    let lock = ServerLock::exclusive(&from.file).map_err(|error| {
        Failure::because(
            "the spool belongs to one server: give each its own node.data_dir or spool.file",
            &error,
        )
    })?;
    let settings =
        SpoolSettings { path: from.file.clone(), bytes_max: from.bytes_max, patience: from.patience };
    Ok((SpooledStorage::open(primary, &settings, clock).await?, lock))
}

/// Opens the database for a command, beside a server or without one; creates and migrates it as needed.
pub fn open_storage(config: &Config) -> Result<Arc<dyn Storage>, Failure> {
    make_folder(config)?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    Ok(match target(config) {
        Target::Sqlite(settings) => SqliteStorage::open(&settings, clock)?,
        Target::Mssql(settings) => MssqlStorage::open(&settings, clock, Arc::new(SystemChance))?,
    })
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

/// An engine with its settings.
enum Target {
    Sqlite(SqliteSettings),
    Mssql(Box<MssqlSettings>),
}

fn target(config: &Config) -> Target {
    match &config.database.url {
        DatabaseUrl::Sqlite(path) => Target::Sqlite(sqlite_settings(&config.database, path)),
        DatabaseUrl::Mssql(server) => Target::Mssql(Box::new(MssqlSettings {
            lease_timeout: config.lease.timeout(),
            ..mssql_settings(&config.database, server)
        })),
    }
}

fn sqlite_settings(from: &Database, path: &Path) -> SqliteSettings {
    SqliteSettings {
        path: path.to_owned(),
        readers: from.readers,
        batch_max: from.commit_batch_max,
        checkpoint_pages: from.checkpoint_pages,
        busy_timeout: from.busy_timeout,
        statement_timeout: from.statement_timeout,
        report_timeout: from.report_timeout,
        free_space_min_bytes: from.free_space_min_bytes,
    }
}

fn mssql_settings(from: &Database, server: &Mssql) -> MssqlSettings {
    let endpoint = match &server.endpoint {
        DatabaseEndpoint::Port(port) => Endpoint::Port(*port),
        DatabaseEndpoint::Instance(name) => Endpoint::Instance(name.clone()),
    };
    let trust = match &server.ca_file {
        _ if server.trust_any => Trust::Any,
        Some(file) => Trust::File(file.clone()),
        None => Trust::System,
    };
    MssqlSettings {
        encrypt: match server.encrypt {
            DatabaseEncrypt::Off => Encrypt::Off,
            DatabaseEncrypt::Login => Encrypt::Login,
            DatabaseEncrypt::Full => Encrypt::Full,
            DatabaseEncrypt::Strict => Encrypt::Strict,
        },
        trust,
        application_name: server.application_name.clone(),
        connect_timeout: server.connect_timeout,
        statement_timeout: from.statement_timeout,
        report_timeout: from.report_timeout,
        connections_max: server.connections_max,
        connections_idle: server.connections_idle,
        writers: server.writers,
        batch_max: from.commit_batch_max,
        ..MssqlSettings::new(&server.host, endpoint, &server.name, &server.user, server.password.clone())
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
    let clock = Arc::new(SystemClock::new());
    let status = match target(config) {
        Target::Sqlite(settings) => sqlite::status(&settings.path)?,
        Target::Mssql(settings) => mssql::status(&settings, clock, Arc::new(SystemChance))?,
    };
    let applied =
        status.applied.into_iter().map(|m| format!("{:04} {} ({})", m.version, m.name, m.applied_at));
    let pending = status.pending.into_iter().map(|m| format!("{:04} {}", m.version, m.name));
    Ok(Migrations { applied: applied.collect(), pending: pending.collect() })
}

/// The two databases of a copy, open; with `read_only` neither is written to.
pub(super) fn open_sides(from: &Config, to: &Config, read_only: bool) -> Result<(Side, Side), Failure> {
    let (source, sink) = (patient(from), patient(to));
    if is_same(&source, &sink) {
        return Err(Failure::usage("--from and --to name the same database: name two"));
    }
    let source = open_source(&source)?;
    if read_only {
        return Ok((source, open_source(&sink)?));
    }
    let (clock, chance) = (Arc::new(SystemClock::new()), Arc::new(SystemChance));
    let sink = match sink {
        Target::Sqlite(settings) => {
            make_folder(to)?;
            sqlite::open_target(&settings, clock)?
        }
        Target::Mssql(settings) => mssql::open_target(&settings, clock, chance)?,
    };
    Ok((source, sink))
}

/// An engine that gives every statement as long as a report: no call waits for a copy.
fn patient(config: &Config) -> Target {
    match target(config) {
        Target::Sqlite(mut settings) => {
            settings.statement_timeout = settings.report_timeout;
            Target::Sqlite(settings)
        }
        Target::Mssql(mut settings) => {
            settings.statement_timeout = settings.report_timeout;
            Target::Mssql(settings)
        }
    }
}

fn is_same(one: &Target, other: &Target) -> bool {
    match (one, other) {
        (Target::Sqlite(one), Target::Sqlite(other)) => {
            let real = |path: &Path| std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
            real(&one.path) == real(&other.path)
        }
        (Target::Mssql(one), Target::Mssql(other)) => one.place().eq_ignore_ascii_case(&other.place()),
        _ => false,
    }
}

fn open_source(target: &Target) -> Result<Side, Failure> {
    let (clock, chance) = (Arc::new(SystemClock::new()), Arc::new(SystemChance));
    Ok(match target {
        Target::Sqlite(settings) => sqlite::open_source(settings, clock)?,
        Target::Mssql(settings) => mssql::open_source(settings, clock, chance)?,
    })
}

/// What can be said of the database without changing it.
pub(super) fn inspect(config: &Config) -> Vec<Finding> {
    let settings = match target(config) {
        Target::Sqlite(settings) => {
            let finding = |found: sqlite::Finding| match found.result {
                Ok(detail) => Finding::ok(found.subject, detail),
                Err(error) => Finding::fail(found.subject, error),
            };
            return sqlite::inspect(&settings).into_iter().map(finding).collect();
        }
        Target::Mssql(settings) => settings,
    };
    let finding = |found: mssql::Finding| match found.result {
        Ok(detail) if found.is_warning => Finding::warn(found.subject, detail),
        Ok(detail) => Finding::ok(found.subject, detail),
        Err(error) => Finding::fail(found.subject, Chain(&error)),
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let findings = mssql::inspect(&settings, &clock, Arc::new(SystemChance));
    findings.into_iter().map(finding).collect()
}

/// The file of the embedded database; why there is none where SQL Server is used.
pub(super) fn database_file(config: &Config, doing: &str) -> Result<PathBuf, Failure> {
    match target(config) {
        Target::Sqlite(settings) => Ok(settings.path),
        Target::Mssql(settings) => Err(Failure::new(format!(
            "cannot {doing} {}: SQL Server does that itself, see docs/sql-server.md; `aftercall copy` makes a SQLite file \
             of it",
            settings.place()
        ))),
    }
}

/// Puts a backup in place of the database; says what was done.
pub(super) fn restore(config: &Config, from: &Path, force: bool) -> Result<String, Failure> {
    let path = database_file(config, "restore")?;
    make_folder(config)?;
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
