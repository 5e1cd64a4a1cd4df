//! Looks at the server, the database and the login without changing anything, for `aftercall check` and `aftercall
//! migrate status`.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::change::first;
use super::fault::{Failure, Fault};
use super::link::Link;
use super::migrate::{read_status, verify};
use super::runtime::Runtime;
use super::settings::{Encrypt, MssqlSettings, Trust};
use super::{Dialer, Engine, statements as sql};
use crate::foundation::{Chance, Clock};
use crate::storage::columns::{Columns, Unreadable};
use crate::storage::{MigrationStatus, StorageError, StorageErrorKind};

/// SQL Server 2016.
const OLDEST_VERSION: u32 = 13;
/// Round trips measured.
const ROUND_TRIPS: usize = 5;
/// A clock further off than this is worth a word.
const CLOCK_OFF: i64 = 2_000;
/// Answers wait for the server: above this the distance is worth a word.
const FAR: Duration = Duration::from_millis(20);
/// What the server counts its time from: 2020-01-01 in milliseconds since 1970.
const SERVER_EPOCH_MS: i64 = 1_577_836_800_000;
/// `EngineEdition` of Express: at most 10 GB and 1.4 GB of memory.
const EXPRESS: i32 = 4;

/// One thing that was looked at.
#[derive(Debug)]
pub struct Finding {
    /// What, such as `database server`.
    pub subject: &'static str,
    /// How it is in a few words, or what is wrong.
    pub result: Result<String, StorageError>,
    /// It works, but is worth a word.
    pub is_warning: bool,
}

/// What the server says of itself.
pub(super) struct Server {
    version: String,
    edition: String,
    engine_edition: i32,
    database: String,
    collation: String,
    updateability: String,
    recovery: String,
    rcsi: bool,
    level: u32,
    login: String,
    user: String,
    is_owner: bool,
    sees_state: bool,
    now: DateTime<Utc>,
    tables: u64,
}

impl Server {
    fn read(row: &mut Columns) -> Result<Self, Unreadable> {
        let text = |row: &mut Columns| Ok(row.get::<Option<String>>()?.unwrap_or_default());
        Ok(Self {
            version: text(row)?,
            edition: text(row)?,
            engine_edition: row.get()?,
            database: text(row)?,
            collation: text(row)?,
            updateability: text(row)?,
            recovery: text(row)?,
            rcsi: row.get()?,
            level: row.get()?,
            login: text(row)?,
            user: text(row)?,
            is_owner: row.get()?,
            sees_state: row.get::<i32>()? != 0,
            now: DateTime::from_timestamp_millis(SERVER_EPOCH_MS + row.get::<i64>()?).unwrap_or_default(),
            tables: row.count()?,
        })
    }

    /// Engine and version.
    pub(super) fn name(&self) -> String {
        format!("SQL Server {} ({})", self.version, self.edition)
    }

    fn major(&self) -> u32 {
        self.version.split('.').next().and_then(|major| major.parse().ok()).unwrap_or(0)
    }
}

impl Engine {
    /// What the server says of itself.
    pub(super) async fn server(&self) -> Result<Server, Fault> {
        let mut link = self.pool.take().await?;
        match server(&mut link).await {
            Ok(server) => Ok(server),
            Err(failure) => {
                link.undo().await;
                Err(self.struck(&link, failure))
            }
        }
    }
}

async fn server(link: &mut Link) -> Result<Server, Failure> {
    let row = first(link.ask(sql::SERVER, &[]).await?);
    let read = row.map(|mut row| Server::read(&mut row)).transpose()?;
    let silent = || Failure::Own(StorageErrorKind::Internal, "the server said nothing of itself".to_owned());
    read.ok_or_else(silent)
}

/// Which migrations a database has and lacks.
pub fn status(
    settings: &MssqlSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<MigrationStatus, StorageError> {
    let place = settings.place();
    let doing = format!("cannot read the schema of {place}");
    let dialer = Dialer::new(settings.clone(), clock, chance);
    let looked = Runtime::start()?.wait_for(async move {
        let mut link = dialer.connect().await?;
        read_status(&mut link).await.map_err(|failure| Fault::of(failure, &dialer.place()))
    });
    looked.ok_or_else(|| super::gone(&doing))?.map_err(|fault| fault.error(&doing))
}

/// Looks at everything a start needs, and what makes a difference: server, database, login, schema, clock, distance.
pub fn inspect(settings: &MssqlSettings, clock: &Arc<dyn Clock>, chance: Arc<dyn Chance>) -> Vec<Finding> {
    let place = settings.place();
    let doing = format!("cannot use {place}");
    let mut findings = vec![encryption(settings)];
    let dialer = Dialer::new(settings.clone(), Arc::clone(clock), chance);
    let runtime = match Runtime::start() {
        Ok(runtime) => runtime,
        Err(error) => {
            findings.push(Finding { subject: "database server", result: Err(error), is_warning: false });
            return findings;
        }
    };
    let looked = runtime.wait_for(async move {
        let mut link = dialer.connect().await?;
        let looked = look(&mut link, &*dialer.clock).await;
        looked.map_err(|failure| Fault::of(failure, &dialer.place()))
    });
    match looked
        .ok_or_else(|| super::gone(&doing))
        .and_then(|looked| looked.map_err(|fault| fault.error(&doing)))
    {
        Ok(look) => findings.extend(look.findings(&place)),
        Err(error) => {
            findings.push(Finding { subject: "database server", result: Err(error), is_warning: false });
        }
    }
    findings
}

/// What one look saw.
struct Look {
    server: Server,
    status: Result<MigrationStatus, Failure>,
    /// The server's clock against this machine's, in milliseconds.
    clock_ahead_ms: i64,
    round_trip: Duration,
}

async fn look(link: &mut Link, clock: &dyn Clock) -> Result<Look, Failure> {
    let mut trips = Vec::new();
    for _ in 0..ROUND_TRIPS {
        let begun = clock.monotonic();
        link.batch("SELECT 1").await?;
        trips.push(clock.monotonic().saturating_sub(begun));
    }
    trips.sort_unstable();
    let before = clock.now();
    let server = server(link).await?;
    let halfway = before + (clock.now() - before) / 2;
    let clock_ahead_ms = (server.now - halfway).num_milliseconds();
    let status = read_status(link).await;
    Ok(Look { server, status, clock_ahead_ms, round_trip: trips[ROUND_TRIPS / 2] })
}

impl Look {
    fn findings(self, place: &str) -> Vec<Finding> {
        vec![
            self.of_server(place),
            self.of_database(),
            self.of_login(place),
            self.of_isolation(),
            self.of_clock(),
            self.of_distance(),
            self.of_schema(place),
        ]
    }

    fn of_server(&self, place: &str) -> Finding {
        const SUBJECT: &str = "database server";
        let name = self.server.name();
        // Azure and compatible engines count their versions otherwise.
        let (own, too_old) = (self.server.engine_edition, self.server.major() < OLDEST_VERSION);
        if too_old && (1..=4).contains(&own) {
            return warning(
                SUBJECT,
                format!("{name} at {place}; aftercall is made for SQL Server 2016 and later"),
            );
        }
        if own == EXPRESS {
            return warning(SUBJECT, format!("{name} at {place}; Express stops at 10 GB of data"));
        }
        fine(SUBJECT, format!("{name} at {place}"))
    }

    fn of_database(&self) -> Finding {
        const SUBJECT: &str = "database";
        let server = &self.server;
        let told = format!(
            "{}, collation {}, recovery {}",
            server.database,
            server.collation,
            said(&server.recovery)
        );
        if server.updateability == "READ_ONLY" {
            let what = "it is read-only: name the primary or the listener, or set it to READ_WRITE";
            return wrong(
                SUBJECT,
                StorageErrorKind::ReadOnly,
                format!("cannot write to {}", server.database),
                what,
            );
        }
        fine(SUBJECT, format!("{told}, compatibility level {}", server.level))
    }

    fn of_login(&self, place: &str) -> Finding {
        const SUBJECT: &str = "database login";
        let server = &self.server;
        let told = format!("{} as {}", server.login, server.user);
        let state =
            if server.sees_state { "" } else { "; without VIEW SERVER STATE, which nothing here needs" };
        // Whoever is mapped to dbo owns the database, whether the role says so or not.
        if server.is_owner || server.user == "dbo" {
            return fine(SUBJECT, format!("{told}, owner of the database{state}"));
        }
        let what = format!("ALTER ROLE db_owner ADD MEMBER [{}] in the database gives it", server.user);
        let doing = format!("{told} lacks the role db_owner in {place}");
        wrong(SUBJECT, StorageErrorKind::ReadOnly, doing, what)
    }

    fn of_isolation(&self) -> Finding {
        const SUBJECT: &str = "database isolation";
        if self.server.rcsi {
            return fine(SUBJECT, "READ_COMMITTED_SNAPSHOT is on: reports never hold up answers".to_owned());
        }
        warning(
            SUBJECT,
            "READ_COMMITTED_SNAPSHOT is off: a long report can hold up answers; ALTER DATABASE … SET READ_COMMITTED_SNAPSHOT ON"
                .to_owned(),
        )
    }

    fn of_clock(&self) -> Finding {
        const SUBJECT: &str = "database clock";
        let off = self.clock_ahead_ms;
        let told = match off {
            0 => "the same time as here".to_owned(),
            ahead if ahead > 0 => format!("{ahead} ms ahead of this machine"),
            behind => format!("{} ms behind this machine", behind.abs()),
        };
        if off.abs() > CLOCK_OFF {
            return warning(SUBJECT, format!("{told}; let both follow the same time servers"));
        }
        fine(SUBJECT, told)
    }

    fn of_distance(&self) -> Finding {
        const SUBJECT: &str = "database distance";
        let told = format!(
            "{:.1} ms for a round trip (median of {ROUND_TRIPS})",
            self.round_trip.as_secs_f64() * 1e3
        );
        if self.round_trip > FAR {
            return warning(
                SUBJECT,
                format!("{told}; every answer waits for one: keep the node near the database"),
            );
        }
        fine(SUBJECT, told)
    }

    fn of_schema(&self, place: &str) -> Finding {
        const SUBJECT: &str = "database schema";
        let doing = || format!("cannot use {place}");
        match &self.status {
            Ok(status) => match verify(status, place) {
                Err(failure) => refused(SUBJECT, doing(), failure, place),
                Ok(()) if status.pending.is_empty() => {
                    fine(SUBJECT, format!("schema {}, up to date", status.schema()))
                }
                Ok(()) if status.applied.is_empty() && self.server.tables == 0 => {
                    fine(SUBJECT, "empty; the tables are made at the first start".to_owned())
                }
                Ok(()) => {
                    let pending = status.pending.len();
                    fine(
                        SUBJECT,
                        format!(
                            "schema {}, {pending} migrations are applied at the next start",
                            status.schema()
                        ),
                    )
                }
            },
            Err(failure) => refused(SUBJECT, doing(), failure.clone(), place),
        }
    }
}

fn encryption(settings: &MssqlSettings) -> Finding {
    const SUBJECT: &str = "database encryption";
    let mode = settings.encrypt.as_str();
    match (settings.encrypt, &settings.trust) {
        (Encrypt::Off, _) => {
            warning(SUBJECT, "off: passwords and answers cross the network in the clear".to_owned())
        }
        (Encrypt::Login, _) => {
            warning(SUBJECT, "login: only the login is encrypted, answers are not".to_owned())
        }
        (_, Trust::Any) => warning(
            SUBJECT,
            format!("{mode}, any certificate is believed; `database.ca_file` names whose to believe"),
        ),
        (_, Trust::System) => fine(SUBJECT, format!("{mode}, certificates by this machine's authorities")),
        (_, Trust::File(path)) => fine(SUBJECT, format!("{mode}, certificates by {}", path.display())),
    }
}

fn said(text: &str) -> &str {
    if text.is_empty() { "unknown" } else { text }
}

fn fine(subject: &'static str, told: String) -> Finding {
    Finding { subject, result: Ok(told), is_warning: false }
}

fn warning(subject: &'static str, told: String) -> Finding {
    Finding { subject, result: Ok(told), is_warning: true }
}

fn wrong(
    subject: &'static str,
    kind: StorageErrorKind,
    doing: String,
    what: impl std::fmt::Display,
) -> Finding {
    Finding { subject, result: Err(StorageError::new(kind, doing, what)), is_warning: false }
}

fn refused(subject: &'static str, doing: String, failure: Failure, place: &str) -> Finding {
    Finding { subject, result: Err(Fault::of(failure, place).error(doing)), is_warning: false }
}
