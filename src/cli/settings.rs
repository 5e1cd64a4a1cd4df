//! From the flags on the command line to the configuration.

use std::net::SocketAddr;

use super::args::ConfigArgs;
use super::failure::Failure;
use crate::config::{Config, Setting, Sources};

impl ConfigArgs {
    /// The configuration of this process: file, environment, these flags.
    pub fn load(&self) -> Result<Config, Failure> {
        Ok(Config::load(&self.sources(None)?)?)
    }

    /// The same, listening where `--listen` says.
    pub fn load_listening(&self, listen: Option<SocketAddr>) -> Result<Config, Failure> {
        Ok(Config::load(&self.sources(listen)?)?)
    }

    /// Where values come from. The named flags win over `--set`.
    pub fn sources(&self, listen: Option<SocketAddr>) -> Result<Sources, Failure> {
        let mut flags = Vec::new();
        for set in &self.set {
            let Some((path, value)) = set.split_once('=') else {
                // The text may hold a secret without its key: it is not repeated.
                return Err(Failure::usage("--set needs section.key=value, such as survey.idle_minutes=30"));
            };
            flags.push(setting(path, value, "--set"));
        }
        if let Some(folder) = &self.data_dir {
            flags.push(setting("node.data_dir", &folder.to_string_lossy(), "--data-dir"));
        }
        if let Some(listen) = listen {
            flags.push(setting("ivr_api.listen", &listen.to_string(), "--listen"));
        }
        Ok(Sources::of_process(self.config.clone(), flags))
    }
}

/// A value that came by a flag.
pub(super) fn setting(path: &str, value: &str, flag: &str) -> Setting {
    Setting { path: path.to_owned(), value: value.to_owned(), flag: flag.to_owned() }
}
