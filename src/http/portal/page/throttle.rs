//! How fast one address may look for surveys. Guessing a link is hopeless by the number of links there could be; this keeps whoever
//! tries from taking the place of those who were sent one. What a link is for that works is shown as long as an address is not
//! beyond all measure: many customers may share one.

use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use moka::future::Cache;

use crate::foundation::TokenBucket;

/// Pages a second that one address may ask for, and at once: far beyond what a site's customers behind one proxy do.
const PAGES: (u32, u32) = (200, 600);
/// Links that lead nowhere, a second and at once: beyond them an address is told to wait, and nothing else.
const MISSES: (u32, u32) = (1, 30);
/// Addresses kept in mind; the ones that were quiet longest make room.
const ADDRESSES: u64 = 20_000;
/// After so long both buckets are full again, and need not be kept.
const FORGOTTEN_AFTER: Duration = Duration::from_mins(1);

/// See the module.
pub(in crate::http::portal) struct Throttle(Cache<String, Arc<Mutex<Allowance>>>);

struct Allowance {
    pages: TokenBucket,
    misses: TokenBucket,
}

impl Throttle {
    /// One that has seen nobody.
    pub(in crate::http::portal) fn new() -> Self {
        Self(Cache::builder().max_capacity(ADDRESSES).time_to_idle(FORGOTTEN_AFTER).build())
    }

    /// Counts a page; how long to wait, where there were too many.
    pub(super) async fn page(&self, address: &str, now: Duration) -> Result<(), Duration> {
        self.take(address, now, |allowance| allowance.pages.take(now)).await
    }

    /// Counts a link that leads nowhere.
    pub(super) async fn miss(&self, address: &str, now: Duration) -> Result<(), Duration> {
        self.take(address, now, |allowance| allowance.misses.take(now)).await
    }

    async fn take(
        &self,
        address: &str,
        now: Duration,
        take: impl FnOnce(&mut Allowance) -> Result<(), Duration>,
    ) -> Result<(), Duration> {
        let full = async {
            let bucket = |(rate, burst)| TokenBucket::new(rate, burst, now);
            Arc::new(Mutex::new(Allowance { pages: bucket(PAGES), misses: bucket(MISSES) }))
        };
        let allowance = self.0.get_with(neighbourhood(address), full).await;
        let mut allowance = allowance.lock().unwrap_or_else(PoisonError::into_inner);
        take(&mut allowance)
    }
}

/// The address; of one of IPv6 the network, of which one customer has as many addresses as they like.
fn neighbourhood(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(ip)) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).to_string()
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_guesses_is_told_to_wait_and_others_are_not() {
        let throttle = Throttle::new();
        let second = Duration::from_secs;
        for _ in 0..MISSES.1 {
            assert_eq!(throttle.miss("192.0.2.1", second(1)).await, Ok(()));
        }
        let wait = throttle.miss("192.0.2.1", second(1)).await.unwrap_err();
        assert!(wait <= second(1), "{wait:?}");
        assert_eq!(throttle.page("192.0.2.1", second(1)).await, Ok(()), "links that work are shown");
        assert_eq!(throttle.miss("192.0.2.2", second(1)).await, Ok(()));
        assert_eq!(throttle.miss("192.0.2.1", second(3)).await, Ok(()), "and a moment later again");
    }

    #[tokio::test]
    async fn beyond_all_measure_every_page_waits_a_moment() {
        let throttle = Throttle::new();
        for host in 0..PAGES.1 {
            let address = format!("2001:db8:1:1::{host:x}");
            assert_eq!(throttle.page(&address, Duration::ZERO).await, Ok(()));
        }
        let wait = throttle.page("2001:db8:1:1:ffff::1", Duration::ZERO).await.unwrap_err();
        assert!(wait <= Duration::from_millis(5), "{wait:?}");
        assert_eq!(throttle.page("2001:db8:1:2::1", Duration::ZERO).await, Ok(()), "another network");
    }
}
