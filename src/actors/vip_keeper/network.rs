//! What the kernel knows of this machine's network: interfaces, their addresses, and whom it met in its networks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use futures_util::TryStreamExt;
use futures_util::future::{Either, select};
use ipnet::IpNet;
use rtnetlink::packet_route::AddressFamily;
use rtnetlink::packet_route::address::AddressAttribute;
use rtnetlink::packet_route::link::{LinkAttribute, LinkFlags, LinkMessage};
use rtnetlink::packet_route::neighbour::{
    NeighbourAddress, NeighbourAttribute, NeighbourMessage, NeighbourState,
};
use rtnetlink::{Handle, new_connection};

/// How long machines in the same network are given to say that they are there: one that is there answers within
/// milliseconds, and is asked a second time after a second (`retrans_time_ms` of Linux).
const ANSWER_WITHIN: Duration = Duration::from_millis(1_200);
/// How often it is seen whether they did.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The port of the datagram that makes the kernel ask who has an address: discard (RFC 863).
const DISCARD: u16 = 9;

/// Why the kernel could not be asked.
#[derive(Debug, thiserror::Error)]
pub(super) enum NetworkError {
    /// No socket.
    #[error("cannot ask the kernel about the network: {0}")]
    Socket(#[from] std::io::Error),
    /// No answer, or a refusal.
    #[error("the kernel does not tell about the network: {0}")]
    Asked(#[from] rtnetlink::Error),
    /// The connection to the kernel ended.
    #[error("the kernel ended the conversation about the network")]
    Ended,
}

/// A network interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Interface {
    index: u32,
    /// It is switched on and has a line.
    pub(super) is_up: bool,
    /// Its addresses.
    pub(super) addresses: Vec<IpNet>,
}

impl Interface {
    /// Whether it has an address.
    pub(super) fn has(&self, address: IpAddr) -> bool {
        self.addresses.iter().any(|own| own.addr() == address)
    }
}

/// The hardware address of a machine in a network of this one.
pub(super) type HardwareAddress = Vec<u8>;

/// Asks the kernel, in a conversation of its own.
async fn ask<T, F>(question: impl FnOnce(Handle) -> F) -> Result<T, NetworkError>
where
    F: Future<Output = Result<T, NetworkError>>,
{
    let (connection, handle, _) = new_connection()?;
    let question = std::pin::pin!(question(handle));
    match select(question, std::pin::pin!(connection)).await {
        Either::Left((answer, _)) => answer,
        Either::Right(_) => Err(NetworkError::Ended),
    }
}

/// The interface of a name; `None` if there is none.
pub(super) async fn interface(name: &str) -> Result<Option<Interface>, NetworkError> {
    let wanted = name.to_owned();
    ask(|handle| async move {
        let links: Vec<LinkMessage> = handle.link().get().execute().try_collect().await?;
        let Some(link) = links.iter().find(|link| name_of(link) == Some(&wanted)) else { return Ok(None) };
        let index = link.header.index;
        let told = handle.address().get().execute().try_collect::<Vec<_>>().await?;
        let addresses = told.into_iter().filter(|address| address.header.index == index);
        let addresses = addresses.filter_map(|address| {
            let prefix = address.header.prefix_len;
            IpNet::new(own_address(&address.attributes)?, prefix).ok()
        });
        let is_up = link.header.flags.contains(LinkFlags::Up | LinkFlags::LowerUp);
        Ok(Some(Interface { index, is_up, addresses: addresses.collect() }))
    })
    .await
}

/// The names of all interfaces but the loopback.
pub(super) async fn interface_names() -> Result<Vec<String>, NetworkError> {
    ask(|handle| async move {
        let links: Vec<LinkMessage> = handle.link().get().execute().try_collect().await?;
        let outer = links.iter().filter(|link| !link.header.flags.contains(LinkFlags::Loopback));
        Ok(outer.filter_map(name_of).cloned().collect())
    })
    .await
}

/// Who answers for each address in the network of an interface; `None` for those for whom nobody does.
pub(super) async fn owners(
    interface: &Interface,
    addresses: &[IpAddr],
) -> Result<Vec<Option<HardwareAddress>>, NetworkError> {
    let index = interface.index;
    ask(|handle| async move {
        for known in neighbours(&handle, index).await? {
            // What is known may be old. Without the right to have it forgotten, it is believed.
            if addresses.iter().any(|address| destination(&known) == Some(*address)) {
                let _ = handle.neighbours().del(known).execute().await;
            }
        }
        for address in addresses {
            knock(*address);
        }
        let began = tokio::time::Instant::now();
        loop {
            let found = neighbours(&handle, index).await?;
            let owners: Vec<_> = addresses.iter().map(|address| owner(&found, *address)).collect();
            if owners.iter().all(Option::is_some) || began.elapsed() > ANSWER_WITHIN {
                return Ok(owners);
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    })
    .await
}

/// Makes the kernel ask the network who has an address. Whether anybody takes the datagram does not matter.
fn knock(address: IpAddr) {
    let any: IpAddr =
        if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    if let Ok(socket) = std::net::UdpSocket::bind((any, 0)) {
        let _ = socket.send_to(&[0], SocketAddr::new(address, DISCARD));
    }
}

async fn neighbours(handle: &Handle, index: u32) -> Result<Vec<NeighbourMessage>, NetworkError> {
    let mut all = Vec::new();
    for family in [AddressFamily::Inet, AddressFamily::Inet6] {
        let found = handle.neighbours().get().set_address_family(family).execute();
        all.extend(found.try_collect::<Vec<_>>().await?);
    }
    all.retain(|neighbour| neighbour.header.ifindex == index);
    Ok(all)
}

fn owner(neighbours: &[NeighbourMessage], address: IpAddr) -> Option<HardwareAddress> {
    let entry = neighbours.iter().find(|entry| destination(entry) == Some(address))?;
    if matches!(entry.header.state, NeighbourState::Incomplete | NeighbourState::Failed) {
        return None;
    }
    entry.attributes.iter().find_map(|attribute| match attribute {
        NeighbourAttribute::LinkLayerAddress(address) => Some(address.clone()),
        _ => None,
    })
}

fn destination(neighbour: &NeighbourMessage) -> Option<IpAddr> {
    neighbour.attributes.iter().find_map(|attribute| match attribute {
        NeighbourAttribute::Destination(NeighbourAddress::Inet(address)) => Some((*address).into()),
        NeighbourAttribute::Destination(NeighbourAddress::Inet6(address)) => Some((*address).into()),
        _ => None,
    })
}

fn name_of(link: &LinkMessage) -> Option<&String> {
    link.attributes.iter().find_map(|attribute| match attribute {
        LinkAttribute::IfName(name) => Some(name),
        _ => None,
    })
}

/// On a line from point to point the other end is told as well: `Local` is this one.
fn own_address(attributes: &[AddressAttribute]) -> Option<IpAddr> {
    let local = attributes.iter().find_map(|attribute| match attribute {
        AddressAttribute::Local(address) => Some(*address),
        _ => None,
    });
    local.or_else(|| {
        attributes.iter().find_map(|attribute| match attribute {
            AddressAttribute::Address(address) => Some(*address),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn the_loopback_has_its_address_and_what_is_not_there_is_not_found() {
        let loopback = block_on(interface("lo")).unwrap().unwrap();
        assert!(loopback.has(Ipv4Addr::LOCALHOST.into()), "{loopback:?}");
        assert!(loopback.addresses.contains(&"127.0.0.1/8".parse().unwrap()), "{loopback:?}");
        assert!(!loopback.has("192.0.2.1".parse().unwrap()));
        assert_eq!(block_on(interface("no-such-one")).unwrap(), None);
        assert!(!block_on(interface_names()).unwrap().contains(&"lo".to_owned()));
    }
}
