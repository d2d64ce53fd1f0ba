//! `noren payments` as a shell sees it: a switch and its sandboxes as processes, and exit codes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use noren::client::Client;
use noren::demo::Stage;
use noren::folder::TempoName;
use serde_json::{Value, json};

use crate::demo::{Said, shell};

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

fn start(data: &Path, arguments: &[&str]) -> Child {
    let log = std::fs::OpenOptions::new().create(true).append(true).open(data.join("log")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
    command.args(arguments).arg("--data").arg(data);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).spawn().unwrap()
}

/// Addresses that are free now, below those that the system gives to outgoing connections.
fn address(first: u16) -> String {
    let free = |port: &u16| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok();
    let port = (first..first + 300).find(free).expect("one of three hundred ports is free");
    format!("127.0.0.1:{port}")
}

struct Shell {
    url: String,
    key_file: PathBuf,
}

impl Shell {
    /// Runs `noren payments …`.
    fn run(&self, arguments: &[&str]) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
        command.arg("payments").args(arguments).args(["--url", &self.url]);
        command.arg("--key-file").arg(&self.key_file);
        shell(command, "")
    }

    fn object(&self, arguments: &[&str]) -> Value {
        let (code, text) = self.run(arguments);
        assert_eq!(code, 0, "{arguments:?}: {text}");
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"))
    }
}

/// A payment of 1,000 yen that a rich user's wallet holds.
async fn held(stage: &Stage, till: &Client, partner: &Client) -> String {
    let user = json!({ "user": "mei", "balance": 1_000_000 });
    partner.post("/sandbox/users", None, &user).await.unwrap().success().unwrap();
    let code = partner
        .post("/sandbox/users/mei/code", None, &json!({ "code_id": "c" }))
        .await
        .unwrap()
        .success()
        .unwrap();
    let shop = &noren::cast::SHOPS[2];
    let body = json!({
        "order_number": "CLI-1", "store": shop.store().to_string(),
        "amount": { "amount": 1_000, "currency": "JPY" }, "present": "consumer",
        "payment_code": code["code"], "capture": "manual",
    });
    let till = till.clone().waiting(15);
    let made = till.post("/v1/payments", Some("CLI-1"), &body).await.unwrap().success().unwrap();
    assert_eq!(made["status"], "authorised", "{made} of {}", stage.folder.database().display());
    made["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_hold_is_captured_voided_and_refunded_from_a_shell() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{}", std::process::id()));
    let ports = 31_000 + (std::process::id() % 600) as u16;
    let (switch, noren) = (address(ports), address(ports + 300));
    let wallets = BTreeMap::from([("noren", noren), ("alipayplus", address(ports + 600))]);
    let stage = Stage::set_up(&data, TempoName::Test, &switch, &wallets, &BTreeMap::new()).unwrap();
    let mut running = Running(vec![start(&data, &["sandbox", "serve"]), start(&data, &["serve"])]);
    let threads = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let day = stage.day("cli", Duration::from_secs(20)).unwrap();
    let till = &day.tills["ryokan"];
    let id = threads.block_on(async {
        day.open(&stage.directory().unwrap()).await.unwrap();
        held(&stage, till, &day.partner).await
    });
    let shell = Shell {
        url: format!("http://{switch}"),
        key_file: data.join("keys").join("merchant-ryokan.json"),
    };

    assert_eq!(shell.object(&["get", &id, "--json"])["amount_left"]["amount"], 1_000);
    let first = ["capture", &id, "400", "--key", "K1", "--wait", "15", "--jsonl"];
    let captured = shell.object(&first);
    assert_eq!((&captured["object"], &captured["status"]), (&json!("capture"), &json!("captured")));
    assert_eq!(shell.object(&first)["id"], captured["id"], "the same key is the same capture");
    let (code, text) = shell.run(&["capture", &id, "400", "--wait", "15"]);
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with("cap_") && text.contains("JPY 400"), "{text}");
    let (code, text) = shell.run(&["capture", &id, "201"]);
    assert_eq!(code, 5, "{text}");
    assert!(text.contains("capture-exceeds-held"), "{text}");
    let (code, text) = shell.run(&["cancel", &id]);
    assert_eq!((code, text.contains("payment-captured")), (5, true), "{text}");
    let ended = shell.object(&["void", &id, "--wait", "15", "--json"]);
    assert_eq!(ended["status"], "captured");
    assert_eq!(ended["amount_captured"]["amount"], 800);
    let refund = shell.object(&["refund", &id, "300", "--jsonl"]);
    assert_eq!((&refund["object"], &refund["payment"]), (&json!("refund"), &json!(id)));
    assert_eq!(shell.run(&["refund", &id, "501"]).0, 5);
    let (code, lines) = shell.run(&["list", "--jsonl"]);
    assert_eq!((code, lines.lines().count()), (0, 1), "{lines}");

    assert_eq!(shell.run(&["void", "rfd_1"]).0, 2, "not a payment's id");
    assert_eq!(shell.run(&["capture", &id, "0"]).0, 2, "an amount is above zero");
    let (most, last) = id.split_at(id.len() - 1);
    let strange = format!("{most}{}", if last == "a" { "b" } else { "a" });
    assert_eq!(shell.run(&["void", &strange]).0, 3);
    let stranger = Shell { key_file: data.join("keys").join("operator.json"), ..shell };
    assert_eq!(stranger.run(&["void", &id]).0, 4);
    running.0.drain(..).for_each(|mut child| {
        let _ = child.kill();
        let _ = child.wait();
    });
    let begin = Instant::now();
    let (code, text) = stranger.run(&["cancel", &id]);
    assert_eq!((code, text.contains("repeat it with --key")), (7, true), "{text}");
    assert!(begin.elapsed() < Duration::from_secs(10));
    let _ = std::fs::remove_dir_all(&data);
}
