//! A SQL Server for the tests, where one is given: `AFTERCALL_TEST_MSSQL` holds an ADO-style connection string of a login
//! that may create databases.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use aftercall::foundation::{SystemChance, SystemClock};
use aftercall::storage::mssql::{Endpoint, MssqlSettings, MssqlStorage};

use super::ado::{self, send};
use super::disk::skipped;
use super::snapshot::{self, Snapshot};
use super::{block_on, until};

/// The variable.
const VARIABLE: &str = "AFTERCALL_TEST_MSSQL";

/// A database that goes away with the test.
pub struct TestDatabase {
    pub settings: MssqlSettings,
}

/// Where the server is; `None` when there is none, and then the test is named as skipped.
pub fn server(test: &str) -> Option<MssqlSettings> {
    let Some(given) = std::env::var_os(VARIABLE) else {
        skipped(test, "no SQL Server is given by AFTERCALL_TEST_MSSQL");
        return None;
    };
    let mut settings = ado::settings(given.to_str().unwrap()).unwrap();
    // Fewer sessions to begin for every test.
    settings.connections_idle = 1;
    settings.writers = 1;
    // A server on a busy test machine may be slow to plan a statement the first time.
    settings.statement_timeout = Duration::from_secs(20);
    settings.lease_timeout = Duration::from_secs(20);
    settings.connect_timeout = Duration::from_secs(20);
    Some(settings)
}

impl TestDatabase {
    /// An empty database; `None` without a server, and then the test is named as skipped.
    pub fn empty(test: &str) -> Option<Self> {
        let mut settings = server(test)?;
        let name = format!("ac_{}", uuid::Uuid::now_v7().simple());
        settings.database = "master".into();
        until("the database is made", || {
            let made = block_on(async {
                let mut client = connect(&settings).await;
                send(&mut client, &format!("CREATE DATABASE {name}")).await
            });
            // Two at once are more than some servers take.
            made.is_ok()
        });
        settings.database = name;
        Some(Self { settings })
    }

    pub fn open(&self) -> Arc<MssqlStorage> {
        MssqlStorage::open(&self.settings, Arc::new(SystemClock::new()), Arc::new(SystemChance)).unwrap()
    }

    /// Runs a text in this database beside the program.
    pub fn execute(&self, sql: &str) {
        block_on(self.send(sql));
    }

    /// The same within a runtime.
    pub async fn send(&self, sql: &str) {
        send(&mut connect(&self.settings).await, sql).await.unwrap();
    }

    /// One number.
    pub fn count(&self, sql: &str) -> i64 {
        block_on(async {
            let mut client = connect(&self.settings).await;
            let row = client.simple_query(sql).await.unwrap().into_row().await.unwrap().unwrap();
            row.try_get::<i64, _>(0).ok().flatten().unwrap_or_else(|| row.get::<i32, _>(0).unwrap().into())
        })
    }
}

impl TestDatabase {
    /// Everything there is of calls.
    pub fn snapshot(&self) -> Snapshot {
        block_on(async {
            let mut snapshot = Snapshot::default();
            let mut client = connect(&self.settings).await;
            for row in
                client.simple_query(snapshot::RESPONSES).await.unwrap().into_first_result().await.unwrap()
            {
                let text = |place: usize| row.get::<&str, _>(place).unwrap().to_owned();
                snapshot.response(text(0), row.get::<&[u8], _>(1).unwrap(), text(2));
            }
            for row in
                client.simple_query(snapshot::ANSWERS).await.unwrap().into_first_result().await.unwrap()
            {
                let text = |place: usize| row.get::<&str, _>(place).map(str::to_owned);
                let number = row.get::<i32, _>(3).map(i64::from);
                let response = row.get::<&[u8], _>(0).unwrap();
                snapshot.answer(response, text(1).unwrap(), text(2).unwrap(), number, text(4));
            }
            snapshot
        })
    }

    /// The program's settings for this database, at this port: nothing encrypted, so that a line between can look into it.
    pub fn options(&self, port: u16) -> Vec<String> {
        let from = &self.settings;
        let user = &from.user;
        vec![
            format!("database.url=mssql://{user}@{}:{port}/{}", from.host, from.database),
            format!("database.password={}", from.password.expose()),
            "database.encrypt=off".to_owned(),
        ]
    }

    /// Where the server is.
    pub fn address(&self) -> SocketAddr {
        let Endpoint::Port(port) = self.settings.endpoint else { panic!("the tests use a port") };
        (self.settings.host.as_str(), port).to_socket_addrs().unwrap().next().unwrap()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let name = self.settings.database.clone();
        let master = MssqlSettings { database: "master".into(), ..self.settings.clone() };
        // Other sessions may be slow to end; a database that stays behind harms no test.
        block_on(async {
            let mut client = connect(&master).await;
            drop(send(&mut client, &format!("DROP DATABASE {name}")).await);
        });
    }
}

/// A connection of the driver's own, past everything of the product.
pub async fn connect(settings: &MssqlSettings) -> ado::Wire {
    ado::connect(settings).await.unwrap()
}
