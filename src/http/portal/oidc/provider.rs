//! The provider: what it says of itself, the way to it, and what it says of somebody who comes back.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
    CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreTokenResponse,
};
use openidconnect::{
    AccessToken, AdditionalClaims, AuthType, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, HttpRequest, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError, Scope,
    SignatureVerificationError, StandardErrorResponse, SubjectIdentifier, TokenResponse, UserInfoError,
};
use reqwest::Url;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::sync::{Mutex, Semaphore};
use tokio::time::timeout;

use super::claims_of::payload;
use super::line::{Line, LineError};
use super::seal::{Journey, Sealer, WORKS};
use crate::domain::account::ClaimRules;
use crate::foundation::{Chance, Clock, Secret, Token};
use crate::telemetry::Chain;

/// What the provider says of itself is read anew after this long.
const FRESH: Duration = Duration::from_hours(1);
/// After a failure nobody waits for another one so soon.
const QUIET: Duration = Duration::from_secs(5);
/// Its keys are read anew no more often than this, whatever keys tokens name.
const KEYS_EVERY: Duration = Duration::from_secs(10);
/// People whose return is worked on at once.
const AT_ONCE: usize = 16;
/// Characters of a person's subject at most: what the database has room for.
const SUBJECT_LONGEST: usize = 400;

/// Signatures that only the provider can make. Those by the client's secret are none: we could make them too.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// How single sign-on is set up.
#[derive(Debug, Clone)]
pub struct SingleSignOnSettings {
    /// The provider, as it calls itself.
    pub issuer: String,
    /// What we are called there.
    pub client_id: String,
    /// What we prove ourselves by there.
    pub client_secret: Secret<String>,
    /// Where the portal's addresses begin.
    pub portal: String,
    /// What stands on the button; `None`: the words of the reader's language.
    pub label: Option<String>,
    /// What is asked for besides openid.
    pub scopes: Vec<String>,
    /// What claims mean here.
    pub rules: ClaimRules,
    /// Whether who has no account gets one.
    pub create_accounts: bool,
    /// After this long the provider counts as away.
    pub timeout: Duration,
}

impl SingleSignOnSettings {
    /// Where the provider leads people back to; it has to know this address.
    pub fn callback(&self) -> String {
        format!("{}/sign-in/oidc/callback", self.portal)
    }
}

/// What went wrong between the provider and us; the text is for the log.
#[derive(Debug)]
pub(super) enum ProviderError {
    /// It does not answer, or not as a provider does.
    Away(String),
    /// It did not a moment ago, which has been said, and was not asked again.
    StillAway(String),
    /// What somebody came back with is used up or too old.
    Stale(String),
    /// It refuses us, or what it says does not hold.
    Refused(String),
}

impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::Away(what) | Self::StillAway(what) | Self::Stale(what) | Self::Refused(what)) = self;
        f.write_str(what)
    }
}

/// A person, as the provider vouches for that one.
pub(super) struct Vouched {
    /// What the provider never gives to another one.
    pub(super) subject: String,
    /// What it says of the person.
    pub(super) claims: Map<String, Value>,
}

/// Single sign-on by one provider.
pub struct SingleSignOn {
    pub(super) settings: SingleSignOnSettings,
    pub(super) sealer: Sealer,
    line: Line,
    clock: Arc<dyn Clock>,
    known: Mutex<Known>,
    turns: Semaphore,
}

/// What is known of the provider, and since when by the monotonic clock.
#[derive(Default)]
struct Known {
    found: Option<(Arc<CoreProviderMetadata>, Duration)>,
    failed: Option<(String, Duration)>,
    /// When it was last read for a key that was missing.
    renewed: Option<Duration>,
}

type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// All claims that the standard does not name.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Others {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Others {}

impl SingleSignOn {
    /// Sets it up; the provider is not asked before somebody comes.
    pub fn new(settings: SingleSignOnSettings, clock: Arc<dyn Clock>) -> Self {
        let line = Line::to(&settings.issuer, settings.timeout);
        let sealer = Sealer::new(settings.client_secret.clone(), &settings.issuer, &settings.client_id);
        Self { settings, sealer, line, clock, known: Mutex::default(), turns: Semaphore::new(AT_ONCE) }
    }

    /// Sees whether the provider answers, and whether as one.
    pub async fn look(&self) -> Result<(), String> {
        self.metadata().await.map(drop).map_err(|error| error.to_string())
    }

    /// Begins a journey to the provider: its address, and what the browser keeps meanwhile.
    pub(super) async fn begin(
        &self,
        next: &str,
        language: &str,
        chance: &dyn Chance,
    ) -> Result<(Url, Journey), ProviderError> {
        let metadata = self.metadata().await?;
        let secret = || Token::generate(chance).expose().to_owned();
        let journey = Journey {
            state: secret(),
            nonce: secret(),
            // The standard asks for 43 characters at least (RFC 7636, section 4.1).
            verifier: secret() + &secret(),
            next: next.to_owned(),
            language: language.to_owned(),
            ends_at: (self.clock.now() + WORKS).timestamp_millis(),
        };
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier(&journey));
        let (state, nonce) = (journey.state.clone(), journey.nonce.clone());
        let (address, ..) = self
            .client(&metadata)?
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || CsrfToken::new(state),
                move || Nonce::new(nonce),
            )
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        Ok((address, journey))
    }

    /// Hears from the provider who came back with this code.
    pub(super) async fn finish(&self, journey: &Journey, code: String) -> Result<Vouched, ProviderError> {
        let metadata = self.metadata().await?;
        let late = || ProviderError::Away(format!("{} did not answer in time", self.settings.issuer));
        let work = async {
            let _turn = self.turns.acquire().await.map_err(|_| late())?;
            self.redeem(&metadata, journey, code).await
        };
        timeout(self.settings.timeout, work).await.unwrap_or_else(|_| Err(late()))
    }

    async fn redeem(
        &self,
        metadata: &Arc<CoreProviderMetadata>,
        journey: &Journey,
        code: String,
    ) -> Result<Vouched, ProviderError> {
        let ask = |request: HttpRequest| self.line.send(request);
        let client = self.client(metadata)?;
        let asked = client.exchange_code(AuthorizationCode::new(code));
        let asked = asked.map_err(|error| refused("it names no token endpoint", &error))?;
        let reply = asked.set_pkce_verifier(verifier(journey)).request_async(&ask).await;
        let reply: CoreTokenResponse = reply.map_err(|error| not_redeemed(&error))?;
        let token = reply.id_token();
        let token = token.ok_or_else(|| {
            ProviderError::Refused(
                "it sends no ID token; is the scope openid allowed for this client?".to_owned(),
            )
        })?;
        let subject = match self.verified(metadata, token, journey) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey,
            )) => {
                // It has changed its keys.
                let newer = self.newer(metadata).await?;
                self.verified(&newer, token, journey)
            }
            verified => verified,
        };
        let subject = subject.map_err(|error| refused("its ID token does not hold", &error))?;
        let mut claims = payload(&token.to_string())
            .ok_or_else(|| ProviderError::Refused("its ID token has no readable claims".to_owned()))?;
        if self.settings.rules.needed().any(|claim| !claims.contains_key(claim)) {
            let mut more = self.asked_more(metadata, reply.access_token(), &subject).await?;
            // What is signed comes first.
            more.append(&mut claims);
            claims = more;
        }
        Ok(Vouched { subject: subject.as_str().to_owned(), claims })
    }

    /// Whose token it is, once everything about it holds: signature, issuer, audience, time and nonce.
    fn verified(
        &self,
        metadata: &CoreProviderMetadata,
        token: &CoreIdToken,
        journey: &Journey,
    ) -> Result<SubjectIdentifier, ClaimsVerificationError> {
        let other = |error: ProviderError| ClaimsVerificationError::Other(error.to_string());
        let client = self.client(metadata).map_err(other)?;
        let verifier =
            client.id_token_verifier().set_allowed_algs(SIGNATURES).set_time_fn(|| self.clock.now());
        let subject = token.claims(&verifier, &Nonce::new(journey.nonce.clone()))?.subject().clone();
        if subject.is_empty() || subject.chars().count() > SUBJECT_LONGEST {
            return Err(ClaimsVerificationError::InvalidSubject("empty or too long".to_owned()));
        }
        Ok(subject)
    }

    /// Claims that are not in the token: some providers keep it small.
    async fn asked_more(
        &self,
        metadata: &CoreProviderMetadata,
        token: &AccessToken,
        subject: &SubjectIdentifier,
    ) -> Result<Map<String, Value>, ProviderError> {
        if metadata.userinfo_endpoint().is_none() {
            return Ok(Map::new());
        }
        if !token.secret().bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(ProviderError::Refused("its access token cannot be sent in a header".to_owned()));
        }
        let ask = |request: HttpRequest| self.line.send(request);
        let client = self.client(metadata)?;
        let asked = client.user_info(token.clone(), Some(subject.clone()));
        let asked = asked.map_err(|error| refused("it names no userinfo endpoint", &error))?;
        let told = asked.request_async::<Others, _, CoreGenderClaim>(&ask).await;
        let told = told.map_err(|error| match &error {
            UserInfoError::Request(cause) => {
                ProviderError::Away(format!("no word on the person: {}", Chain(cause)))
            }
            // A cause may quote what was sent.
            UserInfoError::Parse(cause) => ProviderError::Refused(format!(
                "what it says of the person cannot be read at {}",
                cause.path()
            )),
            _ => refused("it does not say more of the person", &error),
        })?;
        match serde_json::to_value(told) {
            Ok(Value::Object(claims)) => Ok(claims),
            _ => Err(ProviderError::Refused("what it says of the person cannot be read".to_owned())),
        }
    }

    fn client(&self, metadata: &CoreProviderMetadata) -> Result<Client, ProviderError> {
        let settings = &self.settings;
        let back = RedirectUrl::new(settings.callback())
            .map_err(|error| refused("the address to come back to is none", &error))?;
        let ways = metadata.token_endpoint_auth_methods_supported();
        let takes = |way: &CoreClientAuthMethod| ways.is_none_or(|ways| ways.contains(way));
        let in_body = !takes(&CoreClientAuthMethod::ClientSecretBasic)
            && takes(&CoreClientAuthMethod::ClientSecretPost);
        let client = CoreClient::from_provider_metadata(
            metadata.clone(),
            ClientId::new(settings.client_id.clone()),
            Some(ClientSecret::new(settings.client_secret.expose().clone())),
        );
        let by = if in_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(client.set_redirect_uri(back).set_auth_type(by))
    }

    /// What the provider says of itself. Of many who ask at once one asks the provider; the others wait for that, and after a
    /// failure nobody waits again at once.
    async fn metadata(&self) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let mut known = self.known.lock().await;
        let now = self.clock.monotonic();
        if let Some((metadata, since)) = &known.found
            && now.saturating_sub(*since) < FRESH
        {
            return Ok(Arc::clone(metadata));
        }
        if let Some((why, since)) = &known.failed
            && now.saturating_sub(*since) < QUIET
        {
            return Err(ProviderError::StillAway(why.clone()));
        }
        self.discover(&mut known).await
    }

    /// The same as it is now, for who found keys missing in `known`.
    async fn newer(
        &self,
        outdated: &Arc<CoreProviderMetadata>,
    ) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let mut known = self.known.lock().await;
        let now = self.clock.monotonic();
        let was_lately = known.renewed.is_some_and(|since| now.saturating_sub(since) < KEYS_EVERY);
        match &known.found {
            Some((metadata, _)) if !Arc::ptr_eq(metadata, outdated) || was_lately => Ok(Arc::clone(metadata)),
            _ => {
                known.renewed = Some(now);
                self.discover(&mut known).await
            }
        }
    }

    async fn discover(&self, known: &mut Known) -> Result<Arc<CoreProviderMetadata>, ProviderError> {
        let issuer = &self.settings.issuer;
        let ask = |request: HttpRequest| self.line.send(request);
        let work = async {
            let issuer = IssuerUrl::new(issuer.clone()).map_err(|error| Chain(&error).to_string())?;
            let read = CoreProviderMetadata::discover_async(issuer, &ask).await;
            read.map_err(|error| Chain(&error).to_string())
        };
        let read = timeout(self.settings.timeout, work)
            .await
            .unwrap_or_else(|_| Err("no answer in time".to_owned()));
        let now = self.clock.monotonic();
        match read {
            Ok(metadata) => {
                let metadata = Arc::new(metadata);
                known.found = Some((Arc::clone(&metadata), now));
                known.failed = None;
                Ok(metadata)
            }
            Err(why) => {
                let why = format!("cannot read {issuer}/.well-known/openid-configuration: {why}");
                known.failed = Some((why.clone(), now));
                Err(ProviderError::Away(why))
            }
        }
    }
}

fn verifier(journey: &Journey) -> PkceCodeVerifier {
    PkceCodeVerifier::new(journey.verifier.clone())
}

fn refused(what: &str, error: &(dyn std::error::Error + 'static)) -> ProviderError {
    ProviderError::Refused(format!("{what}: {}", Chain(error)))
}

type TokenError = RequestTokenError<LineError, StandardErrorResponse<CoreErrorResponseType>>;

fn not_redeemed(error: &TokenError) -> ProviderError {
    match error {
        RequestTokenError::Request(cause) => ProviderError::Away(format!("no tokens: {}", Chain(cause))),
        RequestTokenError::ServerResponse(told) if *told.error() == CoreErrorResponseType::InvalidGrant => {
            ProviderError::Stale(format!("no tokens for this code: {}", Chain(error)))
        }
        // A cause may quote what was sent.
        RequestTokenError::Parse(cause, _) => ProviderError::Refused(format!(
            "its tokens cannot be read (at {}): is a claim of another kind than the standard says?",
            cause.path()
        )),
        _ => refused("no tokens; are oidc.client_id and oidc.client_secret those of the provider?", error),
    }
}
