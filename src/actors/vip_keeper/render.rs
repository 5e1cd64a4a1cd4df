//! keepalived's configuration, written from ours.
//!
//! Measured with keepalived 2.2.7: without `garp_master_refresh` and `higher_prio_send_advert` half of all healed splits left
//! callers with the address of a machine that did not have it any more.

use std::fmt::Write as _;
use std::net::IpAddr;

use crate::domain::vip::PRIORITY;
use crate::foundation::{VipMode, VipSettings};

/// What the VRRP instance is called; also in the lines of the pipe.
pub(super) const INSTANCE: &str = "aftercall";
/// A holder that was silent for so many advertisements is gone: ten in a row are not lost by chance.
pub(super) const ADVERTS_MISSED: u32 = 10;

/// The configuration, for this node whose own address is `source`.
pub(super) fn render(settings: &VipSettings, source: IpAddr) -> String {
    let mut text = String::from("# Written by aftercall from its section [vip]; changes here are lost.\n");
    globals(&mut text, settings);
    trackers(&mut text, settings);
    instance(&mut text, settings, source);
    text
}

/// Adds a line. Writing into a text cannot fail.
macro_rules! line {
    ($text:expr, $($part:tt)*) => {{ let _ = writeln!($text, $($part)*); }};
}

fn globals(text: &mut String, settings: &VipSettings) {
    line!(text, "global_defs {{");
    if settings.mode == VipMode::Own {
        line!(text, "  router_id {}", settings.node);
        // No scripts are run. Without a user for them it looks for one that is not there, and says so.
        line!(text, "  script_user nobody");
        line!(text, "  enable_script_security");
    }
    line!(text, "  vrrp_notify_fifo \"{}\"", settings.run_dir.fifo().display());
    line!(text, "}}");
}

fn trackers(text: &mut String, settings: &VipSettings) {
    line!(text, "track_file {INSTANCE} {{");
    line!(text, "  file \"{}\"", settings.run_dir.weight_file().display());
    line!(text, "}}");
    if settings.track_process {
        line!(text, "vrrp_track_process {INSTANCE} {{");
        line!(text, "  process {}", settings.process_name());
        // A fork of the process that ends is not its end.
        line!(text, "  terminate_delay 0.05");
        line!(text, "}}");
    }
}

fn instance(text: &mut String, settings: &VipSettings, source: IpAddr) {
    line!(text, "vrrp_instance {INSTANCE} {{");
    line!(text, "  version 3");
    line!(text, "  state BACKUP");
    line!(text, "  interface {}", settings.interface);
    line!(text, "  virtual_router_id {}", settings.virtual_router_id);
    line!(text, "  priority {PRIORITY}");
    // Shown in milliseconds, which VRRP rounds to hundredths: the configuration holds whole ones only.
    line!(text, "  advert_int {:.2}", settings.advert.as_secs_f64());
    line!(text, "  down_timer_adverts {ADVERTS_MISSED}");
    line!(text, "  garp_master_delay 1");
    line!(text, "  garp_master_repeat 3");
    line!(text, "  garp_master_refresh 1");
    line!(text, "  higher_prio_send_advert true");
    line!(text, "  unicast_src_ip {source}");
    // VRRP has no passwords: at least it is believed from the peers only.
    line!(text, "  check_unicast_src");
    line!(text, "  unicast_peer {{");
    for peer in &settings.peers {
        line!(text, "    {peer}");
    }
    line!(text, "  }}");
    addresses(text, settings, source);
    line!(text, "  track_file {{");
    line!(text, "    {INSTANCE} weight 1");
    line!(text, "  }}");
    if settings.track_process {
        line!(text, "  track_process {{");
        // Without a weight: a node without the process has nothing to offer.
        line!(text, "    {INSTANCE}");
        line!(text, "  }}");
    }
    line!(text, "}}");
}

/// An advertisement names addresses of its own family; those of the other go along with them.
fn addresses(text: &mut String, settings: &VipSettings, source: IpAddr) {
    let advertised = |address: &IpAddr| address.is_ipv4() == source.is_ipv4();
    for (block, own) in [("virtual_ipaddress", true), ("virtual_ipaddress_excluded", false)] {
        let these: Vec<_> = settings.addresses.iter().filter(|vip| advertised(&vip.addr()) == own).collect();
        if these.is_empty() {
            continue;
        }
        line!(text, "  {block} {{");
        for address in these {
            line!(text, "    {}/{} dev {}", address.addr(), address.prefix_len(), settings.interface);
        }
        line!(text, "  }}");
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::foundation::VipRunDir;

    fn settings() -> VipSettings {
        VipSettings {
            node: "survey-1".into(),
            mode: VipMode::Own,
            interface: "eth0".into(),
            addresses: vec!["10.0.0.50/24".parse().unwrap(), "2001:db8::50/64".parse().unwrap()],
            peers: vec!["10.0.0.12".parse().unwrap(), "10.0.0.13".parse().unwrap()],
            source: None,
            virtual_router_id: 77,
            advert: Duration::from_millis(150),
            keepalived: "keepalived".into(),
            run_dir: VipRunDir("/run/aftercall".into()),
            track_process: true,
        }
    }

    fn rendered(settings: &VipSettings, source: &str) -> String {
        render(settings, source.parse().unwrap()).split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn what_is_configured_stands_where_keepalived_reads_it() {
        let text = rendered(&settings(), "10.0.0.11");
        for part in [
            "router_id survey-1",
            "vrrp_notify_fifo \"/run/aftercall/vrrp.fifo\"",
            "file \"/run/aftercall/vrrp.weight\"",
            "process aftercall-vey-1",
            "interface eth0",
            "virtual_router_id 77",
            "priority 250",
            "advert_int 0.15",
            "unicast_src_ip 10.0.0.11",
            "check_unicast_src",
            "unicast_peer { 10.0.0.12 10.0.0.13 }",
            "virtual_ipaddress { 10.0.0.50/24 dev eth0 }",
            "virtual_ipaddress_excluded { 2001:db8::50/64 dev eth0 }",
            "track_file { aftercall weight 1 }",
            "track_process { aftercall }",
        ] {
            assert!(text.contains(part), "{part} is not in {text}");
        }
    }

    #[test]
    fn nodes_that_speak_over_ipv6_advertise_the_addresses_of_ipv6() {
        let settings = VipSettings { peers: vec!["2001:db8::12".parse().unwrap()], ..settings() };
        let text = rendered(&settings, "2001:db8::11");
        assert!(text.contains("virtual_ipaddress { 2001:db8::50/64 dev eth0 }"), "{text}");
        assert!(text.contains("virtual_ipaddress_excluded { 10.0.0.50/24 dev eth0 }"), "{text}");
    }

    #[test]
    fn a_keepalived_of_others_keeps_its_own_name_and_user() {
        let settings = VipSettings { mode: VipMode::System, track_process: false, ..settings() };
        let text = rendered(&settings, "10.0.0.11");
        assert!(!text.contains("router_id survey-1") && !text.contains("script_user"), "{text}");
        assert!(!text.contains("track_process"), "{text}");
    }
}
