//! What only the SQL Server engine has: a server that may be anywhere, away, upgraded by another node, or full of locks;
//! connections that break.

mod leases;
mod lines;
mod places;
mod schema;

use std::sync::Arc;
use std::time::Duration;

use aftercall::foundation::{SystemChance, SystemClock};
use aftercall::storage::StorageError;
use aftercall::storage::mssql::{MssqlSettings, MssqlStorage};

use crate::support::mssql::TestDatabase;

fn open(settings: &MssqlSettings) -> Result<Arc<MssqlStorage>, StorageError> {
    MssqlStorage::open(settings, Arc::new(SystemClock::new()), Arc::new(SystemChance))
}

/// The settings of a database behind another port.
fn through(database: &TestDatabase, port: u16) -> MssqlSettings {
    MssqlSettings {
        endpoint: aftercall::storage::mssql::Endpoint::Port(port),
        encrypt: aftercall::storage::mssql::Encrypt::Off,
        ..database.settings.clone()
    }
}

/// Long enough for a first statement on a busy test machine, short enough to wait for.
const LIMIT: Duration = Duration::from_secs(5);
