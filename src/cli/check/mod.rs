//! `aftercall check`: everything that can be verified before a start, a line each; changes nothing.

mod mail;
mod places;
mod single_sign_on;
mod sms;
mod tls;
mod vip;

use std::fmt;
use std::process::ExitCode;

use super::args::{CheckArgs, ConfigArgs};
use super::engine::inspect;
use super::failure::{EXIT_PROBLEM, Outcome};
use super::open_files;
use super::output::{say, whole};
use super::report_folder;
use crate::config::{Config, DatabaseUrl, reference};

/// How a thing was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Ok,
    /// Works, but not as far as it is meant to.
    Warn,
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    verdict: Verdict,
    what: &'static str,
    detail: String,
}

impl Finding {
    pub(super) fn ok(what: &'static str, detail: impl fmt::Display) -> Self {
        Self { verdict: Verdict::Ok, what, detail: detail.to_string() }
    }

    pub(super) fn warn(what: &'static str, detail: impl fmt::Display) -> Self {
        Self { verdict: Verdict::Warn, what, detail: detail.to_string() }
    }

    pub(super) fn fail(what: &'static str, detail: impl fmt::Display) -> Self {
        Self { verdict: Verdict::Fail, what, detail: detail.to_string() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = match self.verdict {
            Verdict::Ok => "ok  ",
            Verdict::Warn => "warn",
            Verdict::Fail => "FAIL",
        };
        write!(f, "{verdict}  {}: {}", self.what, self.detail)
    }
}

/// Checks, prints, and says by the exit code whether all is well.
pub(super) fn run(args: &CheckArgs, settings: &ConfigArgs) -> Outcome {
    if args.print_defaults {
        whole(reference().as_bytes());
        return Ok(ExitCode::SUCCESS);
    }
    let sources = settings.sources(None)?;
    let findings = match Config::load(&sources) {
        Ok(config) => {
            let from = sources
                .file
                .as_ref()
                .map_or_else(|| "no file, defaults".to_owned(), |file| file.display().to_string());
            let mut findings = vec![Finding::ok("config", from)];
            findings.extend(look(&config));
            findings
        }
        Err(error) => error.problems().iter().map(|problem| Finding::fail("config", problem)).collect(),
    };
    for finding in &findings {
        say!("{finding}");
    }
    let well = findings.iter().all(|finding| finding.verdict != Verdict::Fail);
    Ok(if well { ExitCode::SUCCESS } else { ExitCode::from(EXIT_PROBLEM) })
}

/// The portal: its address, its TLS, and whether passwords cross the network as they are typed.
fn portal(config: &Config) -> Vec<Finding> {
    let from = &config.portal;
    let mut findings = vec![places::listen_address("portal", from.listen, "portal.listen")];
    findings.extend(from.tls.as_ref().map(|files| tls::files("portal TLS files", files)));
    if !from.is_secure() && !from.listen.ip().is_loopback() {
        findings.push(Finding::warn(
            "portal",
            "passwords cross the network as they are typed; set portal.tls_cert_file and portal.tls_key_file, or portal.public_url \
             where a proxy speaks TLS",
        ));
    }
    findings
}

fn look(config: &Config) -> Vec<Finding> {
    let mut findings = vec![places::data_folder(config)];
    match &config.database.url {
        DatabaseUrl::Sqlite(file)
            if file.parent() == Some(config.node.data_dir.as_path()) && !config.node.data_dir.exists() =>
        {
            findings.push(Finding::ok("database", format!("{} is made at the first start", file.display())));
        }
        _ => findings.extend(inspect(config)),
    }
    findings.push(places::listen_address("listen address", config.ivr_api.listen, "ivr_api.listen"));
    findings.extend(config.ivr_api.tls.as_ref().map(|files| tls::files("TLS files", files)));
    if config.portal.enabled {
        findings.extend(portal(config));
        findings.extend(single_sign_on::look(config));
    }
    findings.extend(mail::look(config));
    findings.extend(sms::look(config));
    findings.push(match open_files::inspect(config) {
        Ok(detail) => Finding::ok("open files", detail),
        Err(problem) => Finding::warn("open files", problem),
    });
    findings.extend(report_folder::check(config));
    if let Some(vip) = &config.vip {
        findings.extend(vip::look(vip).unwrap_or_else(|error| vec![Finding::fail("vip", error)]));
    }
    findings.push(Finding::ok("time zone", config.site.time_zone));
    findings
}
