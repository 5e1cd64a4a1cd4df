//! Single sign-on: whether the provider answers as one, and what to register there.

use std::sync::Arc;

use super::Finding;
use crate::cli::engine::block_on;
use crate::cli::single_sign_on::single_sign_on;
use crate::config::Config;
use crate::foundation::{Clock, SystemClock};

const WHAT: &str = "single sign-on";

/// What there is to say of it; nothing where it is neither set up nor half so.
pub(super) fn look(config: &Config) -> Vec<Finding> {
    let Some(oidc) = &config.oidc else {
        let set = config.shown.iter().find(|key| key.path.starts_with("oidc.") && key.origin.is_some());
        let half = |path: &str| {
            format!("{path} is set, but there is none without oidc.issuer: set it, or take the rest out")
        };
        return set.map(|key| Finding::warn(WHAT, half(&key.path))).into_iter().collect();
    };
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
    let sso = match single_sign_on(config, &clock) {
        Ok(Some(sso)) => sso,
        Ok(None) => return Vec::new(),
        Err(failure) => return vec![Finding::fail(WHAT, failure)],
    };
    let callback = config.portal.public_url.as_deref().unwrap_or_default();
    let answer = block_on(sso.look());
    vec![match answer {
        Ok(Ok(())) => Finding::ok(
            WHAT,
            format!(
                "{} answers; register {callback}/sign-in/oidc/callback there as redirect address",
                oidc.issuer
            ),
        ),
        Ok(Err(why)) => Finding::warn(
            WHAT,
            format!("{why}; people sign in by password until it does. Is oidc.issuer right?"),
        ),
        Err(failure) => Finding::fail(WHAT, failure),
    }]
}
