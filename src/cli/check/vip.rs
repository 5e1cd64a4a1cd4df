//! What the virtual IP needs.

use super::super::engine::block_on;
use super::super::failure::Failure;
use super::Finding;
use crate::actors::vip_keeper::{VipCheck, prerequisites, strangers};
use crate::foundation::VipSettings;

/// All of it; nothing without a virtual IP.
pub(super) fn look(settings: &VipSettings) -> Result<Vec<Finding>, Failure> {
    // keepalived reads its configuration from a file only.
    let config = std::env::temp_dir().join(format!("aftercall-check-{}.conf", std::process::id()));
    let checks = block_on(async {
        let mut checks = prerequisites(settings, &config).await;
        if checks.iter().all(|(_, outcome)| outcome.is_ok()) {
            checks.push(strangers(settings).await);
        }
        checks
    });
    // Not there where it did not come to that.
    let _ = std::fs::remove_file(&config);
    Ok(checks?.into_iter().map(finding).collect())
}

fn finding((what, outcome): VipCheck) -> Finding {
    match outcome {
        Ok(detail) => Finding::ok(what, detail),
        Err(problem) => Finding::fail(what, problem),
    }
}
