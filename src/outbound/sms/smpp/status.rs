//! What a gateway's `command_status` means for a message.

use crate::foundation::smpp::StatusMeaning;
use crate::outbound::sms::Verdict;

/// The statuses of the standard that say something of a message: value, what people are told, and what it means. All others
/// are tried again, which has an end.
const STATUSES: [(u32, &str, StatusMeaning); 37] = {
    use StatusMeaning::{NotNow, Refused, RouteDown, Throttled};
    [
        (0x01, "the text is too long for it", Refused),
        (0x02, "it does not understand the length of the message", Refused),
        (0x03, "it does not know this kind of request", Refused),
        (0x04, "it takes no messages by this login", NotNow),
        (0x05, "this login is in use already", NotNow),
        (0x06, "it does not take the priority", Refused),
        (0x07, "it does not take the request for a receipt", Refused),
        (0x08, "a fault of its own", NotNow),
        (0x0A, "it does not take the sender", Refused),
        (0x0B, "it does not take the recipient", Refused),
        (0x0D, "it refused the login", RouteDown),
        (0x0E, "it refused the password", RouteDown),
        (0x0F, "it does not know the system_id", RouteDown),
        (0x14, "its queue is full", Throttled),
        (0x15, "it does not take the type of service", Refused),
        (0x33, "it does not take the number of recipients", Refused),
        (0x34, "it does not know the list of recipients", Refused),
        (0x40, "it does not take the recipient's flag", Refused),
        (0x42, "it does not replace messages", Refused),
        (0x43, "it does not take the class of the message", Refused),
        (0x44, "it does not take lists of recipients", Refused),
        (0x45, "it failed to take it", NotNow),
        (0x48, "it does not take the sender's type of number", Refused),
        (0x49, "it does not take the sender's numbering plan", Refused),
        (0x50, "it does not take the recipient's type of number", Refused),
        (0x51, "it does not take the recipient's numbering plan", Refused),
        (0x53, "it does not take the system_type", RouteDown),
        (0x58, "too many messages at once", Throttled),
        (0x61, "it does not take the time of delivery", Refused),
        (0x62, "it does not take the time until which it is valid", Refused),
        (0x64, "it cannot take it for now", NotNow),
        (0x65, "it cannot take it for good", Refused),
        (0x66, "it rejected it", Refused),
        (0xC0, "it does not understand the optional parameters", Refused),
        (0xC1, "it does not take an optional parameter", Refused),
        (0xC2, "it does not take the length of an optional parameter", Refused),
        (0xC4, "it does not take the value of an optional parameter", Refused),
    ]
};

/// What people are told of a status.
pub(super) fn told(status: u32) -> String {
    let known = STATUSES.iter().find(|(known, ..)| *known == status);
    let words = known.map_or("a status of its own", |(_, words, _)| *words);
    format!("the gateway said {status:#x}: {words}")
}

/// What a status other than 0 means.
pub(super) fn meaning(status: u32, own: &[(u32, StatusMeaning)]) -> StatusMeaning {
    let own = own.iter().find(|(known, _)| *known == status).map(|(_, meaning)| *meaning);
    let known = || STATUSES.iter().find(|(known, ..)| *known == status).map(|(.., meaning)| *meaning);
    own.or_else(known).unwrap_or(StatusMeaning::NotNow)
}

/// The verdict of a status other than 0.
pub(super) fn verdict(status: u32, own: &[(u32, StatusMeaning)]) -> Verdict {
    let why = told(status);
    match meaning(status, own) {
        StatusMeaning::Throttled => Verdict::Throttled { why, wait: None },
        StatusMeaning::NotNow => Verdict::NotNow { why, wait: None },
        StatusMeaning::Refused => Verdict::Refused { why, opted_out: false },
        StatusMeaning::OptedOut => Verdict::Refused { why, opted_out: true },
        StatusMeaning::RouteDown => Verdict::RouteDown { why },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_status_has_one_meaning_and_a_route_may_give_it_another() {
        for (index, (status, ..)) in STATUSES.iter().enumerate() {
            assert!(STATUSES[..index].iter().all(|(other, ..)| other != status), "{status:#x}");
        }
        let own = [(0x445, StatusMeaning::OptedOut), (0x0B, StatusMeaning::NotNow)];
        assert!(matches!(verdict(0x445, &own), Verdict::Refused { opted_out: true, .. }));
        assert!(matches!(verdict(0x445, &[]), Verdict::NotNow { .. }));
        assert!(matches!(verdict(0x0B, &own), Verdict::NotNow { .. }));
        assert!(matches!(verdict(0x0B, &[]), Verdict::Refused { opted_out: false, .. }));
        for throttled in [0x58, 0x14] {
            assert!(matches!(verdict(throttled, &[]), Verdict::Throttled { .. }));
        }
        for passing in [0x08, 0x64, 0x45, 0x4FF] {
            assert!(matches!(verdict(passing, &[]), Verdict::NotNow { .. }), "{passing:#x}");
        }
        for login in [0x0D, 0x0E, 0x0F] {
            assert!(matches!(verdict(login, &[]), Verdict::RouteDown { .. }));
        }
        assert_eq!(told(0x58), "the gateway said 0x58: too many messages at once");
    }
}
