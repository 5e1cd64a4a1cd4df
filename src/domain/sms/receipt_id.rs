//! Ways in which gateways write one id of a message: as it was given out, and as their receipts have it.

/// The ways to write an id, the literal one first: without leading zeros, in small letters, hexadecimal as decimal and the other
/// way round. None for an empty one.
pub fn receipt_ids(id: &str) -> Vec<String> {
    let id = id.trim();
    let mut ways: Vec<String> = Vec::new();
    let mut add = |way: String| {
        if !way.is_empty() && !ways.contains(&way) {
            ways.push(way);
        }
    };
    add(id.to_owned());
    let small = id.to_lowercase();
    add(small.clone());
    add(id.to_uppercase());
    let trimmed = small.trim_start_matches('0');
    add(trimmed.to_owned());
    add(trimmed.to_uppercase());
    if let Ok(number) = trimmed.parse::<u64>() {
        for hex in [format!("{number:x}"), format!("{number:08x}")] {
            add(hex.to_uppercase());
            add(hex);
        }
    }
    if let Ok(number) = u64::from_str_radix(trimmed, 16) {
        add(number.to_string());
        add(format!("{number:010}"));
    }
    ways
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_found_however_the_receipt_writes_it() {
        for (given, receipt) in [
            ("1A2B", "1a2b"),
            ("1a2b", "1A2B"),
            ("12345", "0000012345"),
            ("3039", "12345"),
            ("12345", "3039"),
            ("00003039", "12345"),
            ("0000012345", "3039"),
            ("a-b-c", "A-B-C"),
        ] {
            assert!(
                receipt_ids(receipt).iter().any(|way| way == given),
                "{given} by {:?}",
                receipt_ids(receipt)
            );
        }
        assert_eq!(receipt_ids(" "), [] as [&str; 0]);
        assert_eq!(receipt_ids("x")[0], "x");
    }
}
