//! A running node: everything wired together from the configuration, for `serve` and `demo`.

use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use actix_web::web::Data;
use chrono::TimeDelta;
use futures_util::FutureExt;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use rustls::ServerConfig;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::chores;
use super::engine::OpenDatabase;
use super::failure::Failure;
use super::identity::node_id;
use super::open_files;
use super::portal::{self, FirstAdmin};
use super::sms;
use crate::actors::lease_keeper::Leases;
use crate::actors::listener::{ListenerParts, Refresh, ServerSlot};
use crate::actors::node_recorder::RecorderParts;
use crate::actors::sms_sender::SmsInbox;
use crate::actors::spool_keeper::SpoolParts;
use crate::actors::storage_keeper::{KeeperParts, StorageHealth};
use crate::actors::survey_engine::{EngineParts, EngineSettings, StampInUse, SurveyEngine};
use crate::actors::tree::{CallsParts, FrontParts, Planted, RestartPolicy, plant, plant_chores, plant_front};
use crate::actors::vip_keeper::{Vip, VipParts};
use crate::audio::AudioLimits;
use crate::config::{Config, PromptCodec};
use crate::domain::lease::LeaseHolder;
use crate::foundation::{Chance, Clock, LifeId, Secret, SystemChance, SystemClock};
use crate::http::{
    Api, ApiSettings, InFlight, KeyRing, PromptShelf, ServerSettings, load_tls, machines_pages, make_server,
};
use crate::storage::{PromptForm, SpoolStore, Storage, StorageError};
use crate::supervise::{ActorRef, Limit, RootExit, Running, TreeSettings};
use crate::telemetry::metric_names as names;

/// How often the use of API keys is recorded; `last used` is exact to this.
const RECORD_USE_EVERY: Duration = Duration::from_secs(30);
/// How long a client may take to send a request's head.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// Upper bounds of the time histograms in seconds: from a cached reply to beyond a script's patience.
const SECONDS: [f64; 12] = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0];

/// A prompt shorter than this holds no word.
const PROMPT_SHORTEST: Duration = Duration::from_millis(100);
/// The longest recording a survey can ask for (`max_seconds` of a voice comment).
const RECORDING_LONGEST: Duration = Duration::from_mins(10);

/// A node that serves.
pub(super) struct Node {
    running: Arc<OnceLock<Running>>,
    storage: Arc<dyn Storage>,
    spool: Option<Arc<dyn SpoolStore>>,
    vip: Option<Arc<Vip>>,
    api: Data<Api>,
    address: SocketAddr,
    portal: Option<(SocketAddr, Arc<FirstAdmin>)>,
}

/// What is the same for the whole process.
pub(super) struct World {
    pub(super) clock: Arc<dyn Clock>,
    pub(super) chance: Arc<dyn Chance>,
    pub(super) storage: Arc<dyn Storage>,
    spool: Option<Arc<dyn SpoolStore>>,
    vip: Option<Arc<Vip>>,
    stamp: Arc<StampInUse>,
    metrics: PrometheusHandle,
}

impl Node {
    /// Starts everything; returns when calls can be served.
    pub(super) async fn start(config: &Config, database: &OpenDatabase) -> Result<Self, Failure> {
        open_files::raise(config);
        let tls = config.ivr_api.tls.as_ref().map(load_tls).transpose();
        let tls = tls.map_err(|e| Failure::because("cannot serve TLS", &e))?;
        let socket = bind(config.ivr_api.listen, "ivr_api.listen or --listen")?;
        let address =
            socket.local_addr().map_err(|e| Failure::because("cannot tell the listener's address", &e))?;
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::new());
        let chance: Arc<dyn Chance> = Arc::new(SystemChance);
        let world = World {
            storage: Arc::clone(&database.storage),
            spool: database.spool.clone(),
            vip: vip(config, &clock, &chance),
            stamp: Arc::default(),
            metrics: metrics()?,
            clock,
            chance,
        };
        let health = StorageHealth::default();
        let policy = policy(config);
        let me = this_life(&world, config)?;
        let leases = Arc::new(leases(&world, config, &me, database.is_alone));
        let calls = CallsParts {
            keeper: keeper(&world, &health, config),
            spool: world.spool.clone().map(|spool| SpoolParts { spool }),
            engine: engine(&world, config),
        };
        let settings = tree_settings(config);
        let planted = plant(calls, policy, settings, Arc::clone(&world.clock), Arc::clone(&world.chance));
        let Planted { mut tree, engine } =
            planted.map_err(|e| Failure::because("the table of children", &e))?;
        let running = Arc::new(OnceLock::new());
        let ring = Arc::new(key_ring(config));
        let shelf = Arc::new(PromptShelf::new(config.prompts.cache_bytes));
        // The listener opens with the keys at hand: a valid one is never refused because the server has just started.
        refresh_shown(&*world.storage, &ring, &shelf, false).await?;
        let inbox = sms::inbox(&world, config, engine.clone());
        let api = Data::new(api(&world, config, (engine, &inbox), (&ring, &shelf), health.clone(), &running));
        let leaving = CancellationToken::new();
        let server = server(config, &leaving, tls);
        let portal = portal::open(config, &world.storage, &api, &server)?;
        let links = portal::links(config, &world, portal.as_ref().map(|portal| portal.address));
        drop(links.map(|links| api.links.set(links)));
        let people = portal.as_ref().map(|portal| (portal.address, Arc::clone(&portal.first_admin)));
        let refresh = refresh(&world, ring, shelf);
        let front = FrontParts {
            ivr_api: machines(socket, api.clone(), server, (refresh, config.survey.catalog_refresh)),
            portal: portal.map(|portal| portal.listener),
            drain: config.ivr_api.drain,
            recorder: recorder(&world, config, me, address),
            vip: world.vip.clone().map(|vip| VipParts { vip, serves: serves(&running, health), leaving }),
        };
        let chores = chores::all(&world, config, &leases, &inbox, people.as_ref().map(|(at, _)| *at))?;
        let planted = plant_front(&mut tree, policy, front);
        let planted = planted.and_then(|()| plant_chores(&mut tree, policy, chores));
        planted.map_err(|e| Failure::because("the table of children", &e))?;
        let started = tree.start().await.map_err(|e| Failure::because("cannot start", &e))?;
        drop(running.set(started));
        Ok(Self {
            running,
            storage: world.storage,
            spool: world.spool,
            vip: world.vip,
            api,
            address,
            portal: people,
        })
    }

    /// Where it listens for machines.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it serves the portal, if it does.
    pub(super) fn portal(&self) -> Option<SocketAddr> {
        self.portal.as_ref().map(|(address, _)| *address)
    }

    /// Serves the demo's chat, whose conversations belong to a service.
    pub(super) fn serve_demo_chat(&self, service: &str) {
        drop(self.api.demo_chat.set(service.to_owned()));
    }

    /// A link for the first administrator of the portal, if there is nobody yet.
    pub(super) async fn invite_first_admin(&self) -> Result<Option<String>, StorageError> {
        match &self.portal {
            Some((_, first_admin)) => first_admin.invite().await,
            None => Ok(None),
        }
    }

    /// Waits until the tree ended by itself.
    pub(super) async fn ended(&self) -> RootExit {
        match self.running.get() {
            Some(running) => running.ended().await,
            None => std::future::pending().await,
        }
    }

    /// Stops everything in reverse order: no new requests, those in flight are finished.
    pub(super) async fn stop(&self) {
        if let Some(running) = self.running.get() {
            let report = running.stop().await;
            for child in report.children.iter().filter(|child| child.cut) {
                tracing::warn!(
                    child = child.name,
                    took_ms = child.took_ms,
                    "did not stop in time and was cut off"
                );
            }
        }
        let kept = self.spool.as_ref().map_or(0, |spool| spool.spool_vitals().entries);
        if kept > 0 {
            tracing::warn!(
                entries = kept,
                "what callers did is kept here that the database does not have yet; it is stored when this node runs again with its data folder"
            );
        }
        if let Some(vip) = &self.vip {
            vip.end().await;
        }
        if let Err(error) = self.storage.fold_log().await {
            tracing::warn!(error = %error, "nothing is lost by it: the next start reads the log");
        }
    }
}

/// How the machines' listener serves.
fn server(config: &Config, leaving: &CancellationToken, tls: Option<Arc<ServerConfig>>) -> ServerSettings {
    ServerSettings {
        name: "ivr-api",
        workers: config.ivr_api.workers,
        max_connections: config.ivr_api.max_connections,
        keep_alive: config.ivr_api.keep_alive,
        drain: config.ivr_api.drain,
        head_within: HEAD_WITHIN,
        leaving: leaving.clone(),
        tls,
    }
}

/// The machines' listener.
fn machines(
    socket: TcpListener,
    api: Data<Api>,
    settings: ServerSettings,
    refresh: (Refresh, Duration),
) -> ListenerParts {
    let pages = machines_pages(api);
    ListenerParts {
        name: settings.name,
        socket: Arc::new(socket),
        make_server: Arc::new(move |socket| make_server(&pages, socket, &settings)),
        server: ServerSlot::default(),
        refresh: Some(refresh),
    }
}

/// The virtual IP, if this node has a part in it.
fn vip(config: &Config, clock: &Arc<dyn Clock>, chance: &Arc<dyn Chance>) -> Option<Arc<Vip>> {
    let settings = config.vip.clone()?;
    Some(Arc::new(Vip::new(settings, Arc::clone(clock), Arc::clone(chance))))
}

/// Whether this node can serve callers: what the virtual IP needs runs, and what they say can be stored.
fn serves(tree: &Arc<OnceLock<Running>>, health: StorageHealth) -> Arc<dyn Fn() -> bool + Send + Sync> {
    let tree = Arc::clone(tree);
    Arc::new(move || tree.get().is_some_and(|tree| tree.board().ready()) && health.is_ok())
}

/// Takes the address; `named_by`: what names another.
pub(super) fn bind(listen: SocketAddr, named_by: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(listen).map_err(|error| {
        Failure::new(format!(
            "cannot listen on {listen}: {error}; another program may be using it: {named_by} names another address"
        ))
    })
}

/// The recorder of the process; a second node in the same process (never in production) shares the first's.
fn metrics() -> Result<PrometheusHandle, Failure> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    if let Some(known) = RECORDER.get() {
        return Ok(known.clone());
    }
    let builder = PrometheusBuilder::new().set_buckets(&SECONDS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder);
    let handle = handle.map_err(|e| Failure::because("cannot record metrics", &e))?;
    for (name, help) in names::ALL {
        match name {
            names::HTTP_SECONDS | names::CONVERSION_SECONDS => metrics::describe_histogram!(name, help),
            name if name.ends_with("_total") => metrics::describe_counter!(name, help),
            name => metrics::describe_gauge!(name, help),
        }
    }
    Ok(RECORDER.get_or_init(|| handle).clone())
}

fn policy(config: &Config) -> RestartPolicy {
    let from = &config.supervision;
    RestartPolicy {
        limit: Limit::per(from.restarts_max, from.restarts_within),
        backoff: from.backoff,
        heartbeat: from.heartbeat,
    }
}

fn tree_settings(config: &Config) -> TreeSettings {
    let from = &config.supervision;
    TreeSettings {
        group_limit: Limit::per(from.group_restarts_max, from.group_restarts_within),
        stop_within: from.stop_hard_limit,
        ..TreeSettings::default()
    }
}

fn keeper(world: &World, health: &StorageHealth, config: &Config) -> KeeperParts {
    KeeperParts {
        storage: world.storage.clone(),
        clock: Arc::clone(&world.clock),
        health: health.clone(),
        stuck_after: config.database.statement_timeout,
    }
}

fn engine(world: &World, config: &Config) -> EngineParts {
    EngineParts {
        responses: world.storage.clone(),
        invites: world.storage.clone(),
        catalog: world.storage.clone(),
        clock: Arc::clone(&world.clock),
        chance: Arc::clone(&world.chance),
        stamp: Arc::clone(&world.stamp),
        settings: engine_settings(config),
    }
}

/// What the engine is told at start.
pub(super) fn engine_settings(config: &Config) -> EngineSettings {
    EngineSettings {
        node: config.node.name.clone(),
        site_zone: config.site.time_zone,
        catalog_refresh: config.survey.catalog_refresh,
        call_repeat: config.survey.call_repeat,
        late: config.survey.late,
        sessions_max: config.survey.cache_responses_max,
        region: sms::region(config),
        hours: sms::hours(config),
        invite_cool_down: TimeDelta::from_std(config.sms.cool_down).unwrap_or(TimeDelta::MAX),
    }
}

/// This life of this node.
fn this_life(world: &World, config: &Config) -> Result<LeaseHolder, Failure> {
    let (clock, chance) = (&*world.clock, &*world.chance);
    Ok(LeaseHolder {
        name: config.node.name.clone(),
        node: node_id(&config.node.data_dir, clock, chance)?,
        life: LifeId::new(clock.now(), chance),
    })
}

/// A candidate for every lease. `alone`: no other server has the node's files.
fn leases(world: &World, config: &Config, me: &LeaseHolder, alone: bool) -> Leases {
    Leases::new(world.storage.clone(), Arc::clone(&world.clock), config.lease, me, alone)
}

fn recorder(world: &World, config: &Config, me: LeaseHolder, listen: SocketAddr) -> RecorderParts {
    RecorderParts {
        nodes: world.storage.clone(),
        spool: world.spool.clone(),
        vip: world.vip.clone(),
        stamp: Arc::clone(&world.stamp),
        clock: Arc::clone(&world.clock),
        me,
        began: world.clock.monotonic(),
        listen,
        data_dir: config.node.data_dir.clone(),
    }
}

/// The form in which replies name prompts.
pub(super) fn prompt_form(config: &Config) -> PromptForm {
    match config.prompts.codec {
        PromptCodec::Ulaw => PromptForm::Ulaw,
        PromptCodec::Alaw => PromptForm::Alaw,
    }
}

/// What is taken as a prompt.
pub(super) fn prompt_limits(config: &Config) -> AudioLimits {
    let from = &config.prompts;
    AudioLimits { bytes: from.max_bytes, shortest: PROMPT_SHORTEST, longest: from.longest }
}

fn recording_limits(config: &Config) -> AudioLimits {
    let from = &config.recordings;
    AudioLimits { bytes: from.max_bytes, shortest: from.shortest, longest: RECORDING_LONGEST }
}

/// Half of the processors.
fn conversions() -> usize {
    std::thread::available_parallelism().map_or(1, |processors| processors.get().div_ceil(2))
}

fn key_ring(config: &Config) -> KeyRing {
    let from = &config.ivr_api;
    KeyRing::new(
        from.rate_per_key_per_s,
        from.rate_burst,
        from.static_key.as_ref() as Option<&Secret<String>>,
    )
}

fn api(
    world: &World,
    config: &Config,
    (engine, inbox): (ActorRef<SurveyEngine>, &Arc<SmsInbox>),
    (keys, prompts): (&Arc<KeyRing>, &Arc<PromptShelf>),
    storage_health: StorageHealth,
    tree: &Arc<OnceLock<Running>>,
) -> Api {
    Api {
        engine,
        sms_routes: config.sms.routes.clone(),
        sms_inbox: Arc::clone(inbox),
        keys: Arc::clone(keys),
        prompts: Arc::clone(prompts),
        prompt_store: world.storage.clone(),
        catalog: world.storage.clone(),
        responses: world.storage.clone(),
        recording_store: world.storage.clone(),
        conversions: Semaphore::new(conversions()),
        demo_chat: OnceLock::new(),
        tree: Arc::clone(tree),
        storage_health,
        spool: world.spool.clone(),
        vip: world.vip.clone(),
        clock: Arc::clone(&world.clock),
        chance: Arc::clone(&world.chance),
        metrics: world.metrics.clone(),
        openapi: OnceLock::new(),
        links: OnceLock::new(),
        in_flight: InFlight::default(),
        settings: ApiSettings {
            node: config.node.name.clone(),
            deadline: config.ivr_api.deadline,
            body_max: config.ivr_api.body_max_bytes,
            key_in_query: config.ivr_api.key_in_query,
            public_url: config.ivr_api.public_url.clone(),
            secure: config.ivr_api.tls.is_some(),
            prompt_form: prompt_form(config),
            prompt_limits: prompt_limits(config),
            recording_limits: recording_limits(config),
            drills: config.drill.enabled,
        },
    }
}

/// Re-reads the API keys and the list of prompts when anything changed, and now and then records when they were used. Sorts measured times into
/// the histograms too: until then each of them is kept, and nobody else does it where nobody reads `/metrics`.
fn refresh(world: &World, ring: Arc<KeyRing>, shelf: Arc<PromptShelf>) -> Refresh {
    let storage = Arc::clone(&world.storage);
    let clock = Arc::clone(&world.clock);
    let metrics = world.metrics.clone();
    let recorded_at = Arc::new(AtomicU64::new(0));
    Arc::new(move || {
        metrics.run_upkeep();
        let (storage, ring, shelf) = (Arc::clone(&storage), Arc::clone(&ring), Arc::clone(&shelf));
        let now = clock.monotonic().as_secs();
        let record = now >= recorded_at.load(Ordering::Acquire) + RECORD_USE_EVERY.as_secs();
        if record {
            recorded_at.store(now, Ordering::Release);
        }
        async move {
            if let Err(error) = refresh_shown(&*storage, &ring, &shelf, record).await {
                tracing::warn!(error = %error, "API keys and prompts could not be read anew, the last ones stay valid");
            }
        }
        .boxed_local()
    })
}

async fn refresh_shown(
    storage: &dyn Storage,
    ring: &KeyRing,
    shelf: &PromptShelf,
    record: bool,
) -> Result<(), StorageError> {
    let stamp = storage.catalog_stamp().await?;
    ring.refresh(storage, stamp).await?;
    shelf.refresh(storage, stamp).await?;
    let used = if record { ring.take_used() } else { Vec::new() };
    if used.is_empty() { Ok(()) } else { storage.touch_keys(used).await }
}
