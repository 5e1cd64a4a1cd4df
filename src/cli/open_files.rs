//! How many files this process may have open: each connection is one.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::config::Config;

/// Files besides connections: the database's on every thread, logs, sockets of the program itself.
const OWN: u64 = 200;

/// Raises what this process may have open to what it is allowed to raise it to, and warns if that is too little.
pub(super) fn raise(config: &Config) {
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if limit.current != limit.maximum
        && let Err(error) = setrlimit(Resource::Nofile, raised)
    {
        tracing::warn!(error = %error, "the limit of open files could not be raised");
    }
    if let Err(problem) = enough(config, getrlimit(Resource::Nofile).current) {
        tracing::warn!("{problem}");
    }
}

/// What the limit leaves, or that it is too little; for `check`.
pub(super) fn inspect(config: &Config) -> Result<String, String> {
    // What `serve` raises it to.
    enough(config, getrlimit(Resource::Nofile).maximum)
}

fn enough(config: &Config, limit: Option<u64>) -> Result<String, String> {
    let connections = config.ivr_api.max_connections as u64;
    match limit {
        None => Ok("no limit".to_owned()),
        Some(limit) if limit >= connections + OWN => Ok(format!("{limit} at most")),
        Some(limit) => Err(format!(
            "this process may have {limit} files open, too few for {connections} connections (ivr_api.max_connections) \
             and {OWN} of its own; raise the limit (LimitNOFILE of the service) or lower the setting"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_below_the_connections_and_some_more_is_too_little() {
        let mut config = Config::default();
        config.ivr_api.max_connections = 1000;
        assert!(enough(&config, None).is_ok());
        assert!(enough(&config, Some(1200)).is_ok());
        let problem = enough(&config, Some(1199)).unwrap_err();
        assert!(problem.contains("1199 files") && problem.contains("LimitNOFILE"), "{problem}");
    }
}
