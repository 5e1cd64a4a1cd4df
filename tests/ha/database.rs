//! The database that both nodes use: a file on the disk they share, or where one is given a SQL Server, with a line of its
//! own for each node.

use std::net::TcpListener;
use std::path::{Path, PathBuf};

use super::lab::{Lab, NODES, address};
use super::support::Site;
use super::support::callers::Record;
use super::support::mssql::TestDatabase;
use super::support::proxy::{Line, Proxy};
use super::support::store::Stored;
use super::visitor::NAME;

/// The variable that gives a SQL Server.
const VARIABLE: &str = "AFTERCALL_TEST_MSSQL";

/// What suits a server that shares this machine and plans every statement anew for a session that is new: few sessions,
/// and patience with each.
const PATIENCE: [&str; 7] = [
    "database.connect_timeout_ms=20000",
    "database.statement_timeout_ms=20000",
    "database.connections_max=5",
    "database.connections_idle=5",
    "database.writers=1",
    "ivr_api.deadline_ms=6000",
    "spool.patience_ms=1500",
];

/// A database with a survey to ask, and a key.
pub struct Database {
    site: Site,
    server: Option<(TestDatabase, [Proxy; 2])>,
}

impl Database {
    pub fn new(lab: &Lab) -> Self {
        let given = std::env::var_os(VARIABLE).and_then(|_| TestDatabase::empty("ha"));
        let Some(database) = given else {
            return Self { site: Site::new(), server: None };
        };
        let target = database.address();
        let lines = NODES.map(|_| {
            let place = address("database");
            Proxy::on(lab.at("database", || TcpListener::bind((place, 0)).unwrap()), target)
        });
        Self { site: Site::with(database.options(target.port())), server: Some((database, lines)) }
    }

    pub fn key(&self) -> &str {
        &self.site.key
    }

    /// The settings with which a node finds it.
    pub fn settings(&self, node: usize) -> Vec<String> {
        match &self.server {
            None => vec![format!("database.url=sqlite:{}", self.site.database().display())],
            Some((database, lines)) => {
                let (from, to) =
                    (format!("@{}:", database.settings.host), format!("@{}:", address("database")));
                let options = database.options(lines[node].port()).into_iter();
                let patience = PATIENCE.iter().map(|setting| (*setting).to_owned());
                options.map(|option| option.replacen(&from, &to, 1)).chain(patience).collect()
            }
        }
    }

    /// The folder that has to fail for a node to lose the database; `None` where it is reached over a line.
    pub fn folder(&self) -> Option<PathBuf> {
        self.server.is_none().then(|| self.site.database().parent().map(Path::to_owned))?
    }

    /// Cuts the line of a node, or mends it; nothing where there is no line.
    pub fn cut(&self, node: usize, is_cut: bool) {
        if let Some((_, lines)) = &self.server {
            lines[node].set(if is_cut { Line::Cut } else { Line::Fine });
        }
    }

    /// The link by which the visitor of the portal sets a password.
    pub fn invite(&self) -> String {
        self.site.run(&["user", "add", NAME])
    }

    /// Takes the janitor's lease from whoever has it.
    pub fn release_lease(&self) {
        self.site.run(&["lease", "release", "janitor"]);
    }

    /// Fails unless exactly what was acknowledged is stored, once, and no response of these calls that nobody knows of.
    pub fn verify(&self, calls: &str, records: &[Record]) {
        let snapshot = match &self.server {
            None => {
                let stored = Stored::open(&self.site.database());
                stored.sound();
                stored.snapshot()
            }
            Some((database, _)) => database.snapshot(),
        };
        snapshot.verify(records);
        let stored = snapshot.responses_of(&format!("{calls}-"));
        let known = records.iter().filter(|record| record.response.is_some()).count();
        assert!((known..=records.len()).contains(&stored), "{stored} responses of {known} calls");
    }
}
