//! The configuration: file < environment < flags, read once into types in which only valid values exist.
//!
//! To add a key: a `Key` constant in its section's file, listed in that file's `KEYS`, and a typed field read from it.
//! `aftercall check --print-defaults > conf/aftercall.toml` then brings the reference file up to date (a test compares).

mod database;
mod drill;
mod ivr_api;
mod janitor;
mod key;
mod lease;
mod listener;
mod log;
mod mail;
mod mssql;
mod node;
mod oidc;
mod portal;
mod problem;
mod prompts;
mod reader;
mod reports;
mod secrets;
mod shown;
mod sms;
mod sms_route;
mod sources;
mod spool;
mod supervision;
mod survey;
mod vip;

use self::reader::Reader;
use self::secrets::Credential;
use crate::foundation::{LeaseTiming, MailSettings, SmsSettings, VipSettings};

pub use self::database::{Database, DatabaseUrl};
pub use self::drill::Drill;
pub use self::ivr_api::IvrApi;
pub use self::janitor::Janitor;
pub use self::key::{Key, Kind};
pub use self::listener::TlsFiles;
pub use self::log::{Log, LogFormat};
pub use self::mssql::{DatabaseEncrypt, DatabaseEndpoint, Mssql};
pub use self::node::{Node, Site};
pub use self::oidc::Oidc;
pub use self::portal::Portal;
pub use self::problem::ConfigError;
pub use self::prompts::{PromptCodec, Prompts, Recordings};
pub use self::reports::{ReportEvery, ReportFormat, Reports};
pub use self::secrets::STATIC_KEY_MIN_CHARS;
pub use self::shown::ShownSetting;
pub use self::sources::{DEFAULT_FILE, Setting, Sources, VARIABLE_PREFIX};
pub use self::spool::{Spool, SpoolUse};
pub use self::supervision::Supervision;
pub use self::survey::Survey;

/// The whole configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// This machine.
    pub node: Node,
    /// Where it stands.
    pub site: Site,
    /// Where answers are kept.
    pub database: Database,
    /// What is kept while the database is away.
    pub spool: Spool,
    /// The listener that scripts call.
    pub ivr_api: IvrApi,
    /// The web pages for people.
    pub portal: Portal,
    /// Single sign-on at the portal; `None`: there is none.
    pub oidc: Option<Oidc>,
    /// The mail server by which reports are sent; `None`: there is none.
    pub mail: Option<MailSettings>,
    /// Text messages to customers, and the routes they take.
    pub sms: SmsSettings,
    /// How long responses live.
    pub survey: Survey,
    /// What callers hear.
    pub prompts: Prompts,
    /// What they say.
    pub recordings: Recordings,
    /// What one node at a time may do, and how soon another takes over.
    pub lease: LeaseTiming,
    /// The virtual IP; `None` where this node has no part in it.
    pub vip: Option<VipSettings>,
    /// How a crashed part is brought back.
    pub supervision: Supervision,
    /// The one that ends and deletes what is over.
    pub janitor: Janitor,
    /// The folder into which figures are written.
    pub reports: Reports,
    /// What is logged, and how.
    pub log: Log,
    /// Crashes on purpose.
    pub drill: Drill,
    /// Every key as people are shown it.
    pub shown: Vec<ShownSetting>,
}

impl Config {
    /// Reads and checks everything; says all that is wrong at once. A wrong value is never adjusted.
    pub fn load(sources: &Sources) -> Result<Self, ConfigError> {
        let keys = keys();
        let mut problems = Vec::new();
        let mut builder = config::Config::builder();
        for layer in sources.layers(&keys, &mut problems) {
            builder = builder.add_source(layer);
        }
        let merged = builder.build().unwrap_or_else(|error| {
            problems.push(format!("cannot merge the sources: {error}"));
            config::Config::default()
        });
        let mut reader = Reader::new(merged, problems);
        let config = Self::read(&mut reader, |name| Credential::find(&sources.environment, name));
        let problems = reader.into_problems();
        if problems.is_empty() { Ok(config) } else { Err(ConfigError::new(problems)) }
    }

    fn read(reader: &mut Reader, credential: impl Fn(&str) -> Option<Credential>) -> Self {
        let node = Node::read(reader);
        let database = Database::read(reader, &node.data_dir, credential(mssql::PASSWORD_CREDENTIAL));
        let ivr_api = IvrApi::read(reader, credential("ivr_api.static_key"));
        let gateways_call = ivr_api.public_url.as_deref();
        let config = Self {
            site: Site::read(reader),
            spool: Spool::read(reader, &node.data_dir),
            portal: Portal::read(reader),
            oidc: Oidc::read(reader, credential(oidc::SECRET_CREDENTIAL)),
            mail: mail::read(reader, credential(mail::PASSWORD_CREDENTIAL)),
            sms: sms::read(reader, credential(sms::CALLBACK_CREDENTIAL), gateways_call),
            survey: Survey::read(reader),
            prompts: Prompts::read(reader),
            recordings: Recordings::read(reader),
            lease: lease::read(reader),
            vip: vip::read(reader, &node, &database.url),
            supervision: Supervision::read(reader),
            janitor: Janitor::read(reader),
            reports: Reports::read(reader),
            log: Log::read(reader),
            drill: Drill::read(reader),
            shown: shown::all(reader, &keys()),
            node,
            database,
            ivr_api,
        };
        config.cross_rules(reader);
        config
    }

    /// Whether callers are served by the spool while the database is away.
    pub fn uses_spool(&self) -> bool {
        match self.spool.usage {
            SpoolUse::Always => true,
            SpoolUse::Never => false,
            SpoolUse::Auto => matches!(self.database.url, DatabaseUrl::Mssql(_)),
        }
    }

    /// Rules between sections.
    fn cross_rules(&self, reader: &mut Reader) {
        let (drain, hard) = (self.ivr_api.drain.as_secs(), self.supervision.stop_hard_limit.as_secs());
        if drain >= hard {
            let rule = format!("less than supervision.stop_hard_limit_s, which is {hard}");
            reader.refuse(&ivr_api::DRAIN_S, &drain.to_string(), &rule);
        }
        let statement = self.database.statement_timeout.as_millis();
        let deadline = self.ivr_api.deadline.as_millis();
        if statement > deadline && !self.uses_spool() {
            let rule = format!("at most ivr_api.deadline_ms, which is {deadline}, where there is no spool");
            reader.refuse(&database::STATEMENT_TIMEOUT_MS, &statement.to_string(), &rule);
        }
        let patience = self.spool.patience.as_millis();
        if patience > deadline / 4 && self.uses_spool() {
            let rule = format!("at most a quarter of ivr_api.deadline_ms, which is {deadline}");
            reader.refuse(&spool::PATIENCE_MS, &patience.to_string(), &rule);
        }
        let (portal, calls) = (self.portal.listen, self.ivr_api.listen);
        if self.portal.enabled && portal == calls && portal.port() != 0 {
            let rule = format!("another than ivr_api.listen, which is {calls}");
            reader.refuse(&portal::LISTEN, &portal.to_string(), &rule);
        }
        if self.oidc.is_some() && self.portal.public_url.is_none() {
            let rule =
                "set when oidc.issuer is: the provider leads people back there, at whichever node they are";
            reader.refuse(&portal::PUBLIC_URL, "", rule);
        }
        if let Some(vip) = &self.vip {
            vip::listens_for(reader, vip, self.ivr_api.listen);
        }
    }
}

impl Default for Config {
    /// What applies when nothing is set.
    fn default() -> Self {
        Self::read(&mut Reader::default(), |_| None)
    }
}

/// Every key, in the order of the reference file.
pub fn keys() -> Vec<Key> {
    let [name, data_dir, time_zone] = node::KEYS;
    let mut keys = vec![name, data_dir, time_zone];
    keys.extend(database::KEYS);
    keys.extend(mssql::KEYS);
    keys.extend(spool::KEYS);
    keys.extend(lease::KEYS);
    keys.extend(vip::KEYS);
    keys.extend(ivr_api::KEYS);
    keys.extend(portal::KEYS);
    keys.extend(oidc::KEYS);
    keys.extend(mail::KEYS);
    keys.extend(sms::KEYS);
    keys.extend(survey::KEYS);
    keys.extend(prompts::KEYS);
    keys.extend(supervision::KEYS);
    keys.extend(janitor::KEYS);
    keys.extend(reports::KEYS);
    keys.extend(log::KEYS);
    keys.extend(drill::KEYS);
    keys
}

/// The reference file: every key with what it does, its rule and its default.
pub fn reference() -> String {
    let mut text = String::from(
        "# aftercall: every key with its default. A key that is left out has this default.\n\
         # The environment (AFTERCALL__SECTION__KEY) wins over this file, a flag (--set section.key=value) over both.\n\
         # Unknown keys and values outside their range stop the start; `aftercall check` says what is wrong.\n",
    );
    let mut section = "";
    for key in keys() {
        text.push('\n');
        if key.section != section {
            section = key.section;
            text.extend(["[", section, "]\n"]);
        }
        text.push_str(&key.reference());
    }
    text
}
