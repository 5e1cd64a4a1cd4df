//! The mail server, and how a letter is handed over to it: step by step, so that of every failure it is known whether the letter
//! was on its way.

use std::fs;
use std::future::Future;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, CertificateStore, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::{ClientId, Extension, MailBodyParameter, MailParameter};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;
use tokio::time::timeout;

use super::error::told;
use super::letter::address;
use super::{Letter, MailError};
use crate::foundation::{MailSettings, MailTls};

/// How long a goodbye may take, on which nothing depends.
const GOODBYE: Duration = Duration::from_secs(1);

/// How a letter was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivered {
    /// To whom it was not, each with the server's words.
    pub refused: Vec<(String, String)>,
}

/// A mail server that is spoken to as its settings say.
#[derive(Debug, Clone)]
pub struct MailServer {
    settings: MailSettings,
    from: Mailbox,
}

/// How one step went wrong.
enum Wrong {
    Smtp(SmtpError),
    Late,
}

impl MailServer {
    /// The server of these settings; what of them cannot be used.
    pub fn new(settings: MailSettings) -> Result<Self, MailError> {
        let from = settings.from.parse().map_err(|error| {
            MailError::Never(format!("mail.from is `{}`, which is no address: {error}", settings.from))
        })?;
        Ok(Self { settings, from })
    }

    /// `host:port`.
    pub fn place(&self) -> String {
        let MailSettings { host, port, .. } = &self.settings;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// Whether it answers, encrypts and lets this node in: all but sending.
    pub async fn look(&self) -> Result<(), MailError> {
        let mut line = self.connect().await?;
        self.quit(&mut line).await;
        Ok(())
    }

    /// Hands a letter over. Whoever of the recipients is refused for good does not keep it from the others; one who is refused
    /// for the time being does, unless it is the last try.
    pub async fn send(
        &self,
        letter: &Letter,
        now: DateTime<Utc>,
        is_last_try: bool,
    ) -> Result<Delivered, MailError> {
        let written = letter.write(&self.from, now)?;
        let mut line = self.connect().await?;
        let sent = self.hand_over(&mut line, letter, &written, is_last_try).await;
        self.quit(&mut line).await;
        sent
    }

    async fn hand_over(
        &self,
        line: &mut AsyncSmtpConnection,
        letter: &Letter,
        written: &[u8],
        is_last_try: bool,
    ) -> Result<Delivered, MailError> {
        let mut options = Vec::new();
        if line.server_info().supports_feature(Extension::EightBitMime) {
            options.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        let is_foreign = letter.to.iter().any(|to| !to.is_ascii()) || !self.from.email.to_string().is_ascii();
        if is_foreign && line.server_info().supports_feature(Extension::SmtpUtfEight) {
            options.push(MailParameter::SmtpUtfEight);
        }
        let from = Mail::new(Some(self.from.email.clone()), options);
        self.step(line.command(from)).await.map_err(|wrong| self.wrong(&wrong, "the sender mail.from"))?;
        let mut refused = Vec::new();
        for to in &letter.to {
            match self.step(line.command(Rcpt::new(address(to)?, Vec::new()))).await {
                Ok(_) => {}
                Err(Wrong::Smtp(error)) if error.is_permanent() || (error.is_transient() && is_last_try) => {
                    refused.push((to.clone(), told(&error)));
                }
                Err(wrong) => return Err(self.wrong(&wrong, to)),
            }
        }
        if refused.len() == letter.to.len() {
            let all: Vec<String> = refused.iter().map(|(to, why)| format!("{to}: {why}")).collect();
            let place = self.place();
            return Err(MailError::Never(format!(
                "the mail server {place} refused every address: {}",
                all.join("; ")
            )));
        }
        self.step(line.command(Data)).await.map_err(|wrong| self.wrong(&wrong, "the letter"))?;
        match self.step(line.message(written)).await {
            Ok(_) => Ok(Delivered { refused }),
            Err(Wrong::Smtp(error)) if error.status().is_some() => {
                Err(self.wrong(&Wrong::Smtp(error), "the letter"))
            }
            Err(wrong) => {
                let why = reason(&wrong);
                let place = self.place();
                Err(MailError::Unknown(format!(
                    "the line to the mail server {place} broke before it said whether it took the letter: {why}"
                )))
            }
        }
    }

    /// A line to the server, encrypted and logged in as the settings say.
    async fn connect(&self) -> Result<AsyncSmtpConnection, MailError> {
        let MailSettings { host, port, tls, login, timeout, .. } = &self.settings;
        let (place, name) = (self.place(), ClientId::default());
        let parameters = if *tls == MailTls::Off { None } else { Some(self.tls()?) };
        let at_once = parameters.clone().filter(|_| *tls == MailTls::Implicit);
        let server = (host.as_str(), *port);
        let line =
            self.step(AsyncSmtpConnection::connect_tokio1(server, Some(*timeout), &name, at_once, None));
        let mut line = line.await.map_err(|wrong| match &wrong {
            Wrong::Smtp(error) if error.is_tls() => self.no_tls(&reason(&wrong)),
            Wrong::Smtp(error) if error.status().is_some() => self.wrong(&wrong, "this node"),
            _ => MailError::NotNow(format!(
                "no connection to the mail server {place}: {}; mail.host, mail.port and mail.tls say how it is reached",
                reason(&wrong)
            )),
        })?;
        if let Some(parameters) = parameters.filter(|_| *tls == MailTls::Starttls) {
            if !line.can_starttls() {
                self.quit(&mut line).await;
                return Err(self.no_tls("it does not offer STARTTLS"));
            }
            self.step(line.starttls(parameters, &name))
                .await
                .map_err(|wrong| self.no_tls(&reason(&wrong)))?;
        }
        if let Some((user, password)) = login {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            let login = self.step(line.auth(&mechanisms, &credentials)).await;
            if let Err(wrong) = login {
                self.quit(&mut line).await;
                // Of no letter's making: once it is mended, what waits is sent.
                return Err(MailError::NotNow(format!(
                    "the mail server {place} does not let mail.user in: {}; mail.user and mail.password_file say who logs in",
                    reason(&wrong)
                )));
            }
        }
        Ok(line)
    }

    fn tls(&self) -> Result<TlsParameters, MailError> {
        let mut builder = TlsParameters::builder(self.settings.host.clone());
        if let Some(path) = &self.settings.ca_file {
            let unreadable = |why: &dyn std::fmt::Display| {
                MailError::NotNow(format!("cannot read mail.ca_file {}: {why}", path.display()))
            };
            let text = fs::read(path).map_err(|error| unreadable(&error))?;
            let authorities: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
            let authorities = authorities.map_err(|error| unreadable(&error))?;
            if authorities.is_empty() {
                return Err(unreadable(&"it holds no certificate"));
            }
            builder = builder.certificate_store(CertificateStore::None);
            for authority in authorities {
                let authority = Certificate::from_der(authority.to_vec());
                builder = builder.add_root_certificate(authority.map_err(|error| unreadable(&error))?);
            }
        }
        builder.build_rustls().map_err(|error| self.no_tls(&told(&error)))
    }

    /// Within the time that the server may take.
    async fn step<T>(&self, step: impl Future<Output = Result<T, SmtpError>>) -> Result<T, Wrong> {
        match timeout(self.settings.timeout, step).await {
            Ok(done) => done.map_err(Wrong::Smtp),
            Err(_) => Err(Wrong::Late),
        }
    }

    /// Says goodbye; nothing depends on it.
    async fn quit(&self, line: &mut AsyncSmtpConnection) {
        let _ = timeout(GOODBYE, line.abort()).await;
    }

    fn no_tls(&self, why: &str) -> MailError {
        let place = self.place();
        MailError::NotNow(format!(
            "no TLS with the mail server {place}: {why}; mail.ca_file names the authority of its certificate, mail.tls the mode"
        ))
    }

    /// What a refusal means for the letter, by the server's code: 5 is for good.
    fn wrong(&self, wrong: &Wrong, whom: &str) -> MailError {
        let text = format!("the mail server {} refused {whom}: {}", self.place(), reason(wrong));
        match wrong {
            Wrong::Smtp(error) if error.is_permanent() => MailError::Never(text),
            _ => MailError::NotNow(text),
        }
    }
}

fn reason(wrong: &Wrong) -> String {
    match wrong {
        Wrong::Smtp(error) => told(error),
        Wrong::Late => "no answer in time (mail.timeout_s)".to_owned(),
    }
}
