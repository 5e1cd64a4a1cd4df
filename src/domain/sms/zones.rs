//! The time zones of each region, from `zone.tab` of the IANA time zone database.

use chrono_tz::Tz;

/// The zones of a region (ISO 3166-1 alpha-2); none for one that is not in the list.
pub(super) fn zones_of(region: &str) -> Vec<Tz> {
    let line = ZONES.lines().find_map(|line| line.strip_prefix(region)?.strip_prefix(' '));
    line.unwrap_or_default().split_ascii_whitespace().filter_map(|name| name.parse().ok()).collect()
}

/// A line for each region: its code and the names of its zones.
const ZONES: &str = include_str!("zones.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_of_the_list_is_known() {
        for line in ZONES.lines() {
            let (region, names) = line.split_once(' ').unwrap();
            assert_eq!(zones_of(region).len(), names.split(' ').count(), "{line}");
        }
        assert_eq!(zones_of("ES").len(), 3);
        assert_eq!(zones_of("XX"), []);
    }
}
