//! Clients that others wrote, unmodified, against the sandboxes (as a merchant of the network) and
//! against the same APIs as the switch answers them.
//!
//! Each is installed from its ordinary registry at a fixed version, and its script in this folder is
//! run beside it with what `noren sandbox env` prints. What a client fixes (host, port, TLS) the
//! script overrides from outside; that no file of a package changed is checked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use noren::demo::Stage;
use noren::folder::TempoName;
// Past the test harness, which keeps what a passing test prints.
use noren::output::out;

/// Where a package comes from.
#[derive(Clone, Copy)]
enum Registry {
    /// npm; run by Node.
    Npm,
    /// PyPI; run by Python 3.
    Python,
}

/// A client that somebody else wrote.
struct Client {
    /// Whose API it speaks.
    network: &'static str,
    registry: Registry,
    package: &'static str,
    version: &'static str,
    /// Its script in this folder.
    script: &'static str,
}

const CLIENTS: &[Client] = &[
    Client {
        network: "paypay",
        registry: Registry::Npm,
        package: "@paypayopa/paypayopa-sdk-node",
        version: "2.2.0",
        script: "paypay.mjs",
    },
    Client {
        network: "linepay",
        registry: Registry::Npm,
        package: "line-pay-merchant",
        version: "0.9.0",
        script: "linepay.mjs",
    },
    Client {
        network: "wechatpay",
        registry: Registry::Npm,
        package: "wechatpay-axios-plugin",
        version: "0.9.6",
        script: "wechatpay.mjs",
    },
    Client {
        network: "alipay",
        registry: Registry::Npm,
        package: "alipay-sdk",
        version: "4.14.0",
        script: "alipay.mjs",
    },
    Client {
        network: "alipayplus",
        registry: Registry::Python,
        package: "global-open-sdk-python",
        version: "1.7.0",
        script: "alipayplus.py",
    },
];

/// Processes that end with the test.
struct Running(Vec<Child>);

impl Drop for Running {
    fn drop(&mut self) {
        for child in &mut self.0 {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A switch with every sandbox and every facade, each at an address of its own.
struct House {
    data: PathBuf,
    /// Where the till listens for what it is told.
    notify_port: u16,
    _running: Running,
}

/// A port below those that the system gives to outgoing connections. Tests run side by side, so each
/// network has a range of its own.
fn free(from: &mut u16) -> u16 {
    loop {
        *from += 1;
        if std::net::TcpListener::bind(("127.0.0.1", *from)).is_ok() {
            return *from;
        }
    }
}

fn start(data: &Path, arguments: &[&str]) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(data.join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
    command.args(arguments).arg("--data").arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

impl House {
    fn open(network: &str) -> Self {
        let place = noren_wallets::WALLETS.iter().position(|entry| entry.name == network).unwrap();
        let mut port = 18_000 + place as u16 * 100;
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
        let data = root.join(format!("house-{network}-{}", std::process::id()));
        std::fs::create_dir_all(&data).unwrap();
        let mut address = || format!("127.0.0.1:{}", free(&mut port));
        let switch = address();
        let wallets = noren_wallets::WALLETS.iter();
        let wallets: BTreeMap<_, _> = wallets.map(|entry| (entry.name, address())).collect();
        let facades = noren_wallets::WALLETS.iter().filter(|entry| entry.facade.is_some());
        let facades: BTreeMap<_, _> = facades.map(|entry| (entry.name, address())).collect();
        let stage = Stage::set_up(&data, TempoName::Demo, &switch, &wallets, &facades).unwrap();
        let notify_port = free(&mut port);
        let mut config = stage.folder.config.clone();
        for till in config.facades.values_mut().flat_map(|table| &mut table.accounts) {
            till.notify_url = Some(format!("http://127.0.0.1:{notify_port}/notify"));
        }
        let folder = noren::folder::Folder::set_up(&data, config).unwrap();
        let stage = Stage { folder, tempo: TempoName::Demo };
        let sandboxes = start(&data, &["sandbox", "serve"]);
        let running = Running(vec![sandboxes, start(&data, &["serve"])]);
        let day = stage.day("clients", Duration::from_secs(60)).unwrap();
        let directory = stage.directory().unwrap();
        let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        threads.block_on(day.open(&directory)).unwrap();
        Self { data, notify_port, _running: running }
    }
}

/// Runs a command to its end; its words are the panic's when it fails.
fn run(mut command: Command, what: &str) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap_or_else(|error| {
        panic!("{what}: {:?} does not start: {error}", command.get_program())
    });
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{what}: {}\n{text}{}",
        output.status,
        String::from_utf8_lossy(&output.stderr)
    );
    text
}

impl Client {
    /// The folder that the package is installed in, with the package.
    fn installed(&self) -> PathBuf {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clients");
        let folder = root.join(format!("{}-{}", self.network, self.version));
        let whole = folder.join("installed");
        if whole.exists() {
            return folder;
        }
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let mut command = match self.registry {
            Registry::Npm => {
                let mut npm = Command::new("npm");
                npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]);
                npm.arg(&folder).arg(format!("{}@{}", self.package, self.version));
                npm
            }
            Registry::Python => {
                let mut pip = Command::new("python3");
                pip.args(["-m", "pip", "install", "--quiet", "--no-compile", "--target"]);
                pip.arg(&folder).arg(format!("{}=={}", self.package, self.version));
                pip
            }
        };
        command.current_dir(&folder);
        run(command, &format!("installing {} {}", self.package, self.version));
        std::fs::write(whole, "").unwrap();
        folder
    }

    /// Every file of what was installed, by its digest.
    fn digests(&self, folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
        let root = match self.registry {
            Registry::Npm => folder.join("node_modules"),
            Registry::Python => folder.to_owned(),
        };
        let mut digests = BTreeMap::new();
        let mut folders = vec![root];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(&folder).unwrap() {
                let entry = entry.unwrap();
                let kind = entry.file_type().unwrap();
                if kind.is_dir() {
                    folders.push(entry.path());
                } else if kind.is_file() {
                    let bytes = std::fs::read(entry.path()).unwrap();
                    let digest = ring::digest::digest(&ring::digest::SHA256, &bytes);
                    digests.insert(entry.path(), digest.as_ref().to_vec());
                }
            }
        }
        assert!(digests.len() > 3, "{} is not installed", self.package);
        digests
    }

    fn drive(&self) {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = self.installed();
        let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
        let (interpreter, common) = match self.registry {
            Registry::Npm => ("node", "common.mjs"),
            Registry::Python => ("python3", "common.py"),
        };
        for script in [self.script, common] {
            std::fs::copy(scripts.join(script), folder.join(script)).unwrap();
        }
        let before = self.digests(&folder);
        let house = House::open(self.network);
        let mut shell = Command::new("sh");
        let line = format!(
            "set -e; all=$(\"$NOREN\" sandbox env); eval \"$all\"; exec {interpreter} {}",
            self.script
        );
        shell.args(["-c", &line]).current_dir(&folder);
        shell.env("NOREN", env!("CARGO_BIN_EXE_noren")).env("NOREN_DATA", &house.data);
        shell.env("NOTIFY_PORT", house.notify_port.to_string());
        shell.env("PYTHONDONTWRITEBYTECODE", "1");
        let what = format!("{} {} (log: {}/log)", self.package, self.version, house.data.display());
        let said = run(shell, &what);
        out(format_args!("== {} {}\n{said}", self.package, self.version));
        // A script that stops early and quietly proves nothing.
        for place in ["sandbox", "facade"] {
            let cases = said.lines().filter(|line| line.starts_with(&format!("ok {place} ")));
            assert!(cases.count() >= 6, "{} has too few cases against the {place}", self.script);
        }
        assert!(before == self.digests(&folder), "files of {} were changed", self.package);
        let data = house.data.clone();
        drop(house);
        let verified = Command::new(env!("CARGO_BIN_EXE_noren"))
            .args(["ledger", "verify", "--data"])
            .arg(&data)
            .output()
            .unwrap();
        assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
        let _ = std::fs::remove_dir_all(&data);
    }
}

#[test]
fn every_api_for_tills_is_driven_by_a_client_that_somebody_else_wrote() {
    for entry in noren_wallets::WALLETS.iter().filter(|entry| entry.facade.is_some()) {
        let driven = CLIENTS.iter().any(|client| client.network == entry.name);
        assert!(driven, "nobody drives the API of {}", entry.name);
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients");
    for client in CLIENTS {
        assert!(folder.join(client.script).exists(), "{}", client.script);
    }
}

/// The client of that network, through its whole script.
fn drive(network: &str) {
    let client = CLIENTS.iter().find(|client| client.network == network).unwrap();
    client.drive();
}

#[test]
fn paypay_by_its_sdk_for_node() {
    drive("paypay");
}

#[test]
fn line_pay_by_line_pay_merchant() {
    drive("linepay");
}

#[test]
fn wechat_pay_by_wechatpay_axios_plugin() {
    drive("wechatpay");
}

#[test]
fn alipay_by_its_sdk_for_node() {
    drive("alipay");
}

#[test]
fn alipay_plus_by_antoms_sdk_for_python() {
    drive("alipayplus");
}
