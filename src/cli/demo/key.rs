//! The demo's API key: made once, its secret kept in the demo's folder for the one who owns it, so that runs beside each
//! other and after each other share it.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::cli::apikey::{create, key_scope};
use crate::cli::args::Scope;
use crate::cli::engine::block_on;
use crate::cli::failure::Failure;
use crate::domain::api_key::hash;
use crate::foundation::{Clock, Secret, SystemChance, SystemClock};
use crate::storage::{ApiKeyRow, Storage};

/// The key's name; a database that has it belongs to a demo.
pub(super) const NAME: &str = "demo";

/// What the demo does with it: plays callers, makes links, crashes children.
const SCOPES: [Scope; 3] = [Scope::Ivr, Scope::Chat, Scope::Admin];

/// Where the secret is kept.
pub(super) fn file(folder: &Path) -> PathBuf {
    folder.join("api-key")
}

/// The secret of the demo's key; made anew when there is none, or its file is gone.
pub(super) fn demo_key(storage: &dyn Storage, folder: &Path) -> Result<Secret<String>, Failure> {
    let path = file(folder);
    let kept = fs::read_to_string(&path).map(|text| text.trim().to_owned()).unwrap_or_default();
    let keys = block_on(storage.keys())??;
    let can_all = |key: &ApiKeyRow| SCOPES.iter().all(|scope| key.scopes.contains(&key_scope(*scope)));
    let mut valid = keys.iter().filter(|key| key.name == NAME && key.revoked_at.is_none() && can_all(key));
    if valid.any(|key| key.hash == hash(&kept)) {
        return Ok(Secret::new(kept));
    }
    let clock = SystemClock::new();
    block_on(storage.revoke_key(NAME.to_owned(), clock.now(), None))??;
    let secret = create(storage, &clock, &SystemChance, NAME, &SCOPES)?;
    write(&path, secret.expose())
        .map_err(|error| Failure::because(format!("cannot write {}", path.display()), &error))?;
    Ok(Secret::new(secret.expose().to_owned()))
}

/// A new file that only its owner can read, from its first byte on.
fn write(path: &Path, secret: &str) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{secret}")
}
