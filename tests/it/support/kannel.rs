//! Debian's Kannel: bearerbox, smsbox, and the phones behind them, on ports and in a folder of their own.

use std::fs::File;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::disk::skipped;
use super::until;

const BEARERBOX: &str = "/usr/sbin/bearerbox";
const SMSBOX: &str = "/usr/sbin/smsbox";
const PHONES: &str = "/usr/lib/kannel/test/fakesmsc";

/// A running Kannel; ended when it is dropped.
pub struct Kannel {
    folder: tempfile::TempDir,
    bearerbox: Child,
    smsbox: Child,
    phones: Option<Child>,
    ports: [u16; 4],
}

/// What a phone got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Got {
    pub from: String,
    pub to: String,
    /// The header of a part, and nothing else.
    pub udh: Vec<u8>,
    pub text: String,
}

impl Kannel {
    /// Starts it. Messages from phones go to `incoming`, an address to which their fields are added. Where it is not installed,
    /// the test is named as skipped, and nothing returned.
    pub fn start(test: &str, incoming: &str) -> Option<Self> {
        Self::start_with(test, incoming, "")
    }

    /// The same with more settings of the bearerbox, in which FOLDER is its own.
    pub fn start_with(test: &str, incoming: &str, more: &str) -> Option<Self> {
        if [BEARERBOX, SMSBOX, PHONES].iter().any(|program| !Path::new(program).exists()) {
            skipped(test, "Kannel is not installed (Debian's packages kannel and kannel-extras)");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let ports = free_ports();
        let more = more.replace("FOLDER", folder.path().to_str().unwrap());
        let written = configuration(folder.path(), ports, &more, incoming);
        std::fs::write(folder.path().join("kannel.conf"), written).unwrap();
        let bearerbox = run(BEARERBOX, folder.path());
        let [_, boxes, _, sendsms] = ports;
        until("the bearerbox listens", || TcpStream::connect(("127.0.0.1", boxes)).is_ok());
        let smsbox = run(SMSBOX, folder.path());
        until("the smsbox listens", || TcpStream::connect(("127.0.0.1", sendsms)).is_ok());
        Some(Self { folder, bearerbox, smsbox, phones: None, ports })
    }

    /// Where sendsms is asked.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/cgi-bin/sendsms", self.ports[3])
    }

    /// The phones; one of them sends a message, as `sender receiver text words`.
    pub fn phones(&mut self, message: &str) {
        let out = File::create(self.folder.path().join("phones.log")).unwrap();
        let port = self.ports[2].to_string();
        let phones = Command::new(PHONES)
            .args(["-H", "127.0.0.1", "-r", &port, "-i", "3600", "-m", "1", message])
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(out)
            .spawn();
        self.phones = Some(phones.unwrap());
        until("the phones are there", || self.log("phones.log").contains("sent message 1"));
    }

    /// What the phones got, in order.
    pub fn got(&self) -> Vec<Got> {
        self.log("phones.log").lines().filter_map(got).collect()
    }

    /// How many messages the phones got.
    pub fn count(&self) -> usize {
        self.log("phones.log").matches("Got message ").count()
    }

    fn log(&self, name: &str) -> String {
        let bytes = std::fs::read(self.folder.path().join(name)).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Stops the smsbox in the middle of whatever it does: its connections stay, and it says nothing.
    pub fn freeze_smsbox(&self) {
        signal(&self.smsbox, rustix::process::Signal::STOP);
    }

    /// Ends the smsbox at once.
    pub fn kill_smsbox(&mut self) {
        end(&mut self.smsbox);
    }
}

impl Drop for Kannel {
    fn drop(&mut self) {
        if let Some(phones) = &mut self.phones {
            end(phones);
        }
        end(&mut self.smsbox);
        end(&mut self.bearerbox);
    }
}

fn end(child: &mut Child) {
    drop(child.kill());
    drop(child.wait());
}

fn signal(child: &Child, signal: rustix::process::Signal) {
    let id = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap()).unwrap();
    rustix::process::kill_process(id, signal).unwrap();
}

fn run(program: &str, folder: &Path) -> Child {
    let mut command = Command::new(program);
    command.arg("kannel.conf").current_dir(folder).stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Ports that nobody listens on; asked for together, so that they differ.
fn free_ports() -> [u16; 4] {
    let listeners: [TcpListener; 4] = std::array::from_fn(|_| TcpListener::bind("127.0.0.1:0").unwrap());
    listeners.map(|listener| listener.local_addr().unwrap().port())
}

fn configuration(folder: &Path, ports: [u16; 4], more: &str, incoming: &str) -> String {
    let [admin, boxes, phones, sendsms] = ports;
    let folder = folder.display();
    format!(
        "group = core\nadmin-port = {admin}\nadmin-interface = \"127.0.0.1\"\nadmin-password = admin\nsmsbox-port = {boxes}\n\
         smsbox-interface = \"127.0.0.1\"\nbox-allow-ip = \"127.0.0.1\"\nlog-file = \"{folder}/bearerbox.log\"\nlog-level = 2\n\
         dlr-storage = internal\n{more}\n\n\
         group = smsc\nsmsc = fake\nsmsc-id = phones\nport = {phones}\nconnect-allow-ip = 127.0.0.1\n\n\
         group = smsbox\nbearerbox-host = 127.0.0.1\nsendsms-port = {sendsms}\nsendsms-interface = \"127.0.0.1\"\n\
         log-file = \"{folder}/smsbox.log\"\nlog-level = 2\n\n\
         group = sendsms-user\nusername = tester\npassword = \"pass word&\"\nmax-messages = 10\nconcatenation = true\n\n\
         group = sms-service\nkeyword = default\ncatch-all = yes\nmax-messages = 0\nomit-empty = true\n\
         get-url = \"{incoming}&id=%I&from=%p&to=%P&text=%a&charset=%C\"\n"
    )
}

/// A message in what the phones say: `Got message 3: <Acme +34600 udh %05 data words>`.
fn got(line: &str) -> Option<Got> {
    let (_, message) = line.split_once("Got message ")?.1.split_once(": <")?;
    let message = message.strip_suffix('>')?;
    let mut words = message.splitn(4, ' ');
    let mut word = || words.next().unwrap_or_default().to_owned();
    let (from, to, kind, rest) = (word(), word(), word(), word());
    // It writes octets as forms do.
    let octets =
        |text: &str| percent_encoding::percent_decode_str(&text.replace('+', " ")).collect::<Vec<u8>>();
    let utf16 = |octets: &[u8]| {
        let units: Vec<u16> = octets.chunks(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    let (udh, text) = match kind.as_str() {
        "text" => (Vec::new(), rest),
        "ucs-2" => (Vec::new(), utf16(&octets(&rest))),
        "udh" => {
            let mut words = rest.splitn(3, ' ');
            let udh = octets(words.next()?);
            let data = octets(words.nth(1)?);
            // It does not say which of the two alphabets this is; no text of the tests has control characters.
            let is_utf8 = !data.iter().any(|octet| *octet < b' ');
            let text = String::from_utf8(data.clone()).ok().filter(|_| is_utf8);
            (udh, text.unwrap_or_else(|| utf16(&data)))
        }
        other => panic!("a message of the kind {other}: {line}"),
    };
    Some(Got { from, to, udh, text })
}
