//! The line to a gateway: its addresses, encryption, and the login.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use rusmpp_core::pdus::owned::{BindReceiver, BindTransceiver, BindTransmitter, Pdu};
use rusmpp_core::types::owned::COctetString;
use rusmpp_core::values::{InterfaceVersion, Npi, Ton};
use rusmpp_core::{CommandId, CommandStatus};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::{FramedRead, LengthDelimitedCodec};

use super::{pdu, status};
use crate::foundation::SmppGateway;
use crate::foundation::smpp::{SmppTls, StatusMeaning};

/// What octets go over.
pub(super) trait Wire: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Wire for T {}

/// As what a session is bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum As {
    Transceiver,
    Transmitter,
    Receiver,
}

/// A line over which the gateway let us in.
pub(super) struct Line {
    pub(super) reader: FramedRead<ReadHalf<Box<dyn Wire>>, LengthDelimitedCodec>,
    pub(super) writer: WriteHalf<Box<dyn Wire>>,
    pub(super) address: SocketAddr,
}

/// Why there is no line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NoLine {
    /// It may come up by itself.
    NotNow(String),
    /// The login or the settings are wrong: somebody has to look.
    Refused(String),
}

/// Sequence number of the request to be let in; those of a session follow it.
pub(super) const BIND_SEQUENCE: u32 = 1;

/// Opens a line and is let in: at the first address of the first host where that works.
pub(super) async fn open(gateway: &SmppGateway, bind: As) -> Result<Line, NoLine> {
    let login = login(gateway, bind)?;
    let tls = gateway.tls.as_ref().map(tls_config).transpose().map_err(NoLine::Refused)?;
    let mut last = NoLine::NotNow("no address is configured".to_owned());
    for (host, port) in &gateway.addresses {
        let place = format!("{host}:{port}");
        let found = timeout(gateway.connect_timeout, lookup_host((host.as_str(), *port))).await;
        let addresses: Vec<SocketAddr> = match found {
            Ok(Ok(addresses)) => addresses.collect(),
            Ok(Err(error)) => {
                last = NoLine::NotNow(format!("the address of {place} is not known: {error}"));
                continue;
            }
            Err(_) => {
                last = NoLine::NotNow(format!("nobody said in time which address {place} has"));
                continue;
            }
        };
        for address in addresses {
            let name = tls_name(gateway, host);
            let wire = wire(address, &place, name, tls.as_ref(), gateway.connect_timeout);
            let line = match wire.await {
                Ok(wire) => let_in(wire, address, &login, gateway).await,
                Err(why) => Err(NoLine::NotNow(why)),
            };
            match line {
                Err(NoLine::NotNow(why)) => last = NoLine::NotNow(why),
                done => return done,
            }
        }
    }
    Err(last)
}

fn tls_name(gateway: &SmppGateway, host: &str) -> String {
    let name = gateway.tls.as_ref().and_then(|tls| tls.server_name.clone());
    name.unwrap_or_else(|| host.to_owned())
}

async fn wire(
    address: SocketAddr,
    place: &str,
    name: String,
    tls: Option<&Arc<ClientConfig>>,
    limit: Duration,
) -> Result<Box<dyn Wire>, String> {
    let stream = timeout(limit, TcpStream::connect(address)).await;
    let stream = stream.map_err(|_| format!("{place} did not answer within {} s", limit.as_secs_f32()))?;
    let stream = stream.map_err(|error| format!("cannot connect to {place}: {error}"))?;
    // Small requests wait for an acknowledgement of those before otherwise, which takes 40 ms.
    stream.set_nodelay(true).map_err(|error| format!("cannot connect to {place}: {error}"))?;
    let Some(config) = tls else { return Ok(Box::new(stream)) };
    let server =
        ServerName::try_from(name).map_err(|_| format!("{place}: the server name of tls is none"))?;
    let encrypted = timeout(limit, TlsConnector::from(Arc::clone(config)).connect(server, stream)).await;
    let encrypted = encrypted.map_err(|_| format!("no TLS with {place}: it did not answer in time"))?;
    let encrypted = encrypted.map_err(|error| {
        format!("no TLS with {place}: {error}; ca_file names the authority of its certificate, server_name whose it is")
    })?;
    Ok(Box::new(encrypted))
}

fn tls_config(tls: &SmppTls) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    match &tls.ca_file {
        Some(path) => {
            let unreadable =
                |why: &dyn std::fmt::Display| format!("cannot read ca_file {}: {why}", path.display());
            let text = std::fs::read(path).map_err(|error| unreadable(&error))?;
            for authority in CertificateDer::pem_slice_iter(&text) {
                let authority = authority.map_err(|error| unreadable(&error))?;
                roots.add(authority).map_err(|error| unreadable(&error))?;
            }
            if roots.is_empty() {
                return Err(unreadable(&"it holds no certificate"));
            }
        }
        None => {
            let _ = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let config = config.map_err(|error| format!("no TLS: {error}"))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// The request to be let in, written.
fn login(gateway: &SmppGateway, bind: As) -> Result<BytesMut, NoLine> {
    fn text<const MOST: usize>(key: &str, text: &str) -> Result<COctetString<1, MOST>, NoLine> {
        let written = COctetString::from_string(text.to_owned());
        written.map_err(|_| NoLine::Refused(format!("{key} cannot be written in this protocol")))
    }
    let (id, kind) = (text("system_id", &gateway.system_id)?, text("system_type", &gateway.system_type)?);
    let password = text("password", gateway.password.expose())?;
    // Said to be of an older one, some gateways refuse optional parameters.
    let version = InterfaceVersion::Smpp3_4;
    let (ton, npi, range) = (Ton::Unknown, Npi::Unknown, COctetString::empty());
    let pdu: Pdu = match bind {
        As::Transceiver => BindTransceiver::new(id, password, kind, version, ton, npi, range).into(),
        As::Transmitter => BindTransmitter::new(id, password, kind, version, ton, npi, range).into(),
        As::Receiver => BindReceiver::new(id, password, kind, version, ton, npi, range).into(),
    };
    let mut out = BytesMut::new();
    pdu::put(&mut out, CommandStatus::EsmeRok, BIND_SEQUENCE, pdu);
    Ok(out)
}

async fn let_in(
    wire: Box<dyn Wire>,
    address: SocketAddr,
    login: &[u8],
    gateway: &SmppGateway,
) -> Result<Line, NoLine> {
    let (reader, mut writer) = tokio::io::split(wire);
    let mut reader = FramedRead::new(reader, pdu::codec());
    let talk = async {
        write(&mut writer, login).await?;
        loop {
            let frame = match reader.next().await {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => return Err(not_smpp(&error)),
                None => {
                    return Err(NoLine::NotNow(
                        "the gateway closed the line instead of letting us in".to_owned(),
                    ));
                }
            };
            let Some((head, _)) = pdu::head(&frame) else { return Err(too_short()) };
            match head.command {
                CommandId::EnquireLink => {
                    let mut out = BytesMut::new();
                    pdu::put(&mut out, CommandStatus::EsmeRok, head.sequence, Pdu::EnquireLinkResp);
                    write(&mut writer, &out).await?;
                }
                CommandId::BindTransceiverResp
                | CommandId::BindTransmitterResp
                | CommandId::BindReceiverResp
                | CommandId::GenericNack => return verdict(head.status, head.command, gateway),
                // What comes before it is let in, it will send again.
                _ => {}
            }
        }
    };
    match timeout(gateway.connect_timeout, talk).await {
        Ok(Ok(())) => Ok(Line { reader, writer, address }),
        Ok(Err(no)) => Err(no),
        Err(_) => Err(NoLine::NotNow("the gateway says nothing to our login".to_owned())),
    }
}

async fn write(writer: &mut WriteHalf<Box<dyn Wire>>, octets: &[u8]) -> Result<(), NoLine> {
    let written = async {
        writer.write_all(octets).await?;
        writer.flush().await
    };
    written.await.map_err(|error| NoLine::NotNow(format!("the line broke at the login: {error}")))
}

fn verdict(said: u32, command: CommandId, gateway: &SmppGateway) -> Result<(), NoLine> {
    if said == 0 && command != CommandId::GenericNack {
        return Ok(());
    }
    let why = status::told(said);
    match status::meaning(said, &gateway.statuses) {
        StatusMeaning::RouteDown => Err(NoLine::Refused(format!(
            "{why}; system_id, password_file and system_type are what it looks at"
        ))),
        _ => Err(NoLine::NotNow(why)),
    }
}

/// What is told of somebody who speaks another language.
fn not_smpp(error: &std::io::Error) -> NoLine {
    match error.kind() {
        std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput => NoLine::NotNow(
            "what answers there does not speak SMPP: look at the address, the port and tls".to_owned(),
        ),
        _ => NoLine::NotNow(format!("the line broke at the login: {error}")),
    }
}

fn too_short() -> NoLine {
    NoLine::NotNow("what answers there does not speak SMPP: a message is shorter than any".to_owned())
}
