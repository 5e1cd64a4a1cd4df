//! `aftercall backup` and `aftercall restore`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::args::{BackupArgs, RestoreArgs};
use super::engine::{block_on, database_file, open_storage, restore as restore_from};
use super::failure::{Failure, Outcome};
use super::output::say;
use crate::config::Config;

/// Copies the database while work goes on.
pub(super) fn backup(args: &BackupArgs, config: &Config) -> Outcome {
    let file = database_file(config, "back up")?;
    if !file.exists() {
        // Opening would create an empty database and the backup would be of that.
        return Err(Failure::new(format!(
            "there is no database at {} to back up; check --config and --data-dir",
            file.display()
        )));
    }
    let to = absolute(&args.file)?;
    let bytes = block_on(open_storage(config)?.backup(to.clone()))??;
    say!("{bytes} bytes written to {}", to.display());
    Ok(ExitCode::SUCCESS)
}

/// Puts a backup in place.
pub(super) fn restore(args: &RestoreArgs, config: &Config) -> Outcome {
    say!("{}", restore_from(config, &absolute(&args.file)?, args.force)?);
    Ok(ExitCode::SUCCESS)
}

fn absolute(path: &Path) -> Result<PathBuf, Failure> {
    std::path::absolute(path)
        .map_err(|error| Failure::because(format!("cannot use {}", path.display()), &error))
}
