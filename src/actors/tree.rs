//! The table of everything that runs, in start order; it stops in reverse.

use std::sync::Arc;
use std::time::Duration;

use crate::foundation::{Backoff, Chance, Clock};
use crate::supervise::{ActorRef, ChildSpec, Limit, Tree, TreeError, TreeSettings};

use super::janitor::{Janitor, JanitorParts};
use super::lease_keeper::{LeaseKeeper, Leases};
use super::listener::{Listener, ListenerParts};
use super::node_recorder::{NodeRecorder, RecorderParts};
use super::prompt_folder::{PromptFolder, PromptFolderParts};
use super::report_mailer::{MailerParts, ReportMailer};
use super::report_writer::{ReportWriter, ReportWriterParts};
use super::sms_sender::{SenderParts, SmsSender};
use super::spool_keeper::{SpoolKeeper, SpoolParts};
use super::storage_keeper::{KeeperParts, StorageKeeper};
use super::survey_engine::{EngineParts, SurveyEngine};
use super::vip_keeper::{VipKeeper, VipParts};

/// Messages waiting for the survey engine at most; beyond it callers are told at once. Less than a second of full load.
const ENGINE_MAILBOX: usize = 20_000;
/// How long giving the leases back may take at a planned stop; beyond it they end by themselves.
const LEASES_BACK: Duration = Duration::from_secs(2);
/// How long handing over the mail that is in hand may take at a planned stop; beyond it nobody knows what became of it.
const MAIL_HANDED_OVER: Duration = Duration::from_secs(5);
/// How long handing over the text messages that are on their way may take at a planned stop; beyond it nobody knows what became
/// of them.
const MESSAGES_HANDED_OVER: Duration = Duration::from_secs(6);
/// Mailbox of children that are sent next to nothing.
const SMALL_MAILBOX: usize = 16;

/// How children are restarted, from the configuration.
#[derive(Debug, Clone, Copy)]
pub struct RestartPolicy {
    /// Restarts of one child before its group is restarted.
    pub limit: Limit,
    /// Waits between restarts.
    pub backoff: Backoff,
    /// Without a beat for this long a child counts as hung.
    pub heartbeat: Duration,
}

/// The children that carry calls, with what each works with.
pub struct CallsParts {
    /// The database's keeper.
    pub keeper: KeeperParts,
    /// The spool's keeper, where there is a spool.
    pub spool: Option<SpoolParts>,
    /// The engine.
    pub engine: EngineParts,
}

/// The tree before its start, and the reference everybody asks the engine by.
pub struct Planted {
    /// The tree.
    pub tree: Tree,
    /// The survey engine.
    pub engine: ActorRef<SurveyEngine>,
}

/// The first rows of the table: storage, the spool before it, then the survey engine.
pub fn plant(
    parts: CallsParts,
    policy: RestartPolicy,
    settings: TreeSettings,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
) -> Result<Planted, TreeError> {
    let mut tree = Tree::new(settings, clock, chance);
    let CallsParts { keeper, spool, engine } = parts;
    tree.add(row(&policy, "storage", "calls", SMALL_MAILBOX, true, move || {
        Ok(StorageKeeper::new(keeper.clone()))
    }))?;
    if let Some(spool) = spool {
        let spec =
            row(&policy, "spool", "calls", SMALL_MAILBOX, false, move || Ok(SpoolKeeper::new(spool.clone())));
        tree.add(spec.after(&["storage"]))?;
    }
    let spec = row(&policy, "survey_engine", "calls", ENGINE_MAILBOX, true, move || {
        Ok(SurveyEngine::new(engine.clone()))
    });
    let engine = tree.add(spec.after(&["storage"]))?;
    Ok(Planted { tree, engine })
}

/// The children that callers and other nodes see, with what each works with.
pub struct FrontParts {
    /// The machines' listener.
    pub ivr_api: ListenerParts,
    /// The people's listener, where this node serves the portal.
    pub portal: Option<ListenerParts>,
    /// How long requests in flight may take at a stop.
    pub drain: Duration,
    /// What writes down that this node is there.
    pub recorder: RecorderParts,
    /// The virtual IP, where this node has a part in it.
    pub vip: Option<VipParts>,
}

/// The next rows: the listeners, and what leads callers to it once everything that serves them runs. A stop leads them away
/// before it closes.
pub fn plant_front(tree: &mut Tree, policy: RestartPolicy, parts: FrontParts) -> Result<(), TreeError> {
    let FrontParts { ivr_api, portal, drain, recorder, vip } = parts;
    let spec =
        row(&policy, "ivr_api", "calls", SMALL_MAILBOX, true, move || Ok(Listener::new(ivr_api.clone())));
    let stop_within = drain + Duration::from_secs(1);
    tree.add(spec.after(&["survey_engine"]).stop_within(stop_within))?;
    if let Some(portal) = portal {
        let spec =
            row(&policy, "portal", "people", SMALL_MAILBOX, false, move || Ok(Listener::new(portal.clone())));
        tree.add(spec.after(&["storage"]).stop_within(stop_within))?;
    }
    let spec = row(&policy, "node_recorder", "chores", SMALL_MAILBOX, false, move || {
        Ok(NodeRecorder::new(recorder.clone()))
    });
    tree.add(spec.after(&["storage"]))?;
    if let Some(parts) = vip {
        let stop_within = parts.vip.stop_within();
        let spec = row(&policy, "vip_keeper", "vip", SMALL_MAILBOX, false, move || {
            Ok(VipKeeper::new(parts.clone()))
        });
        tree.add(spec.after(&["ivr_api"]).stop_within(stop_within))?;
    }
    Ok(())
}

/// The children that do chores, with what each works with.
pub struct ChoresParts {
    /// What one node at a time may do.
    pub leases: Arc<Leases>,
    /// The janitor.
    pub janitor: JanitorParts,
    /// The sender of text messages, where there are routes.
    pub sms_sender: Option<SenderParts>,
    /// The mailer of reports, where there is a mail server.
    pub report_mailer: Option<MailerParts>,
    /// The folder of prompts, where there is one.
    pub prompt_folder: Option<PromptFolderParts>,
    /// What writes the folder of reports, where there is one.
    pub report_writer: Option<ReportWriterParts>,
}

/// The last rows: the chores. They are the first to stop, so that another node goes on with them while callers are led away.
pub fn plant_chores(tree: &mut Tree, policy: RestartPolicy, parts: ChoresParts) -> Result<(), TreeError> {
    let ChoresParts { leases, janitor, report_writer, report_mailer, sms_sender, prompt_folder } = parts;
    let spec = row(&policy, "lease_keeper", "chores", SMALL_MAILBOX, false, move || {
        Ok(LeaseKeeper::new(Arc::clone(&leases)))
    });
    tree.add(spec.after(&["storage"]).stop_within(LEASES_BACK))?;
    let spec =
        row(&policy, "janitor", "chores", SMALL_MAILBOX, false, move || Ok(Janitor::new(janitor.clone())));
    tree.add(spec.after(&["lease_keeper"]))?;
    if let Some(parts) = sms_sender {
        let spec = row(&policy, "sms_sender", "chores", SMALL_MAILBOX, false, move || {
            Ok(SmsSender::new(parts.clone()))
        });
        tree.add(spec.after(&["lease_keeper"]).stop_within(MESSAGES_HANDED_OVER))?;
    }
    if let Some(parts) = report_mailer {
        let spec = row(&policy, "report_mailer", "chores", SMALL_MAILBOX, false, move || {
            Ok(ReportMailer::new(parts.clone()))
        });
        tree.add(spec.after(&["lease_keeper"]).stop_within(MAIL_HANDED_OVER))?;
    }
    if let Some(parts) = prompt_folder {
        let spec = row(&policy, "prompt_folder", "chores", SMALL_MAILBOX, false, move || {
            Ok(PromptFolder::new(parts.clone()))
        });
        tree.add(spec.after(&["storage"]))?;
    }
    if let Some(parts) = report_writer {
        let spec = row(&policy, "report_writer", "chores", SMALL_MAILBOX, false, move || {
            Ok(ReportWriter::new(parts.clone()))
        });
        tree.add(spec.after(&["lease_keeper"]))?;
    }
    Ok(())
}

fn row<C: crate::supervise::Child>(
    policy: &RestartPolicy,
    name: &'static str,
    group: &'static str,
    mailbox: usize,
    vip_critical: bool,
    factory: impl Fn() -> Result<C, crate::supervise::ChildError> + Send + Sync + 'static,
) -> ChildSpec<C> {
    ChildSpec::new(name, factory)
        .group(group)
        .mailbox(mailbox)
        .restart(policy.limit)
        .backoff(policy.backoff)
        .heartbeat(Some(policy.heartbeat))
        .stop_within(Duration::from_secs(2))
        .vip_critical(vip_critical)
}
