//! `noren sandbox` as a shell sees it: a demo's folder, an order of a shop, and a payer with each wallet.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// A demo that ends with the test.
struct Demo {
    child: Child,
    data: PathBuf,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

impl Demo {
    fn start() -> Self {
        let folder = format!("sandbox-{}", std::process::id());
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
        command.args(["demo", "--port", "0", "--data"]).arg(&data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let child = command.spawn().unwrap();
        Self { child, data }
    }

    /// Runs `noren sandbox …`; gives its exit code and what it printed.
    fn sandbox(&self, arguments: &[&str]) -> (i32, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
        command.arg("sandbox").args(arguments).env("NOREN_DATA", &self.data).stdin(Stdio::null());
        let Output { status, stdout, stderr } = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (status.code().unwrap(), text(stdout) + &text(stderr))
    }

    fn good(&self, arguments: &[&str]) -> String {
        let (code, said) = self.sandbox(arguments);
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said.trim().to_owned()
    }
}

fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The value of a line `export NAME='value'`.
fn setting(all: &str, name: &str) -> Option<String> {
    let line = all.lines().find_map(|line| line.strip_prefix(&format!("export {name}='")))?;
    Some(line.trim_end_matches('\'').to_owned())
}

#[test]
fn an_order_is_paid_from_a_shell_with_every_wallet() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let threads = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let demo = Demo::start();
    let key_file = demo.data.join("keys/merchant-soba.json");
    let key = until("the demo has a shop's key", || {
        let kept: Value = serde_json::from_slice(&std::fs::read(&key_file).ok()?).ok()?;
        kept["token"].as_str().map(str::to_owned)
    });
    let all = demo.good(&["env"]);
    let url = setting(&all, "NOREN_URL").unwrap();
    for name in ["SANDBOX_WECHATPAY_SERIAL_NO", "FACADE_WECHATPAY_SERIAL_NO"] {
        assert_eq!(setting(&all, name).map(|serial| serial.len()), Some(40), "{name}");
    }
    let till = noren::client::Client::new(&url, Some(key), Duration::from_secs(20)).unwrap();
    let store = until("the shop is in the directory", || {
        let store = noren::cast::SHOPS[0].store().to_string();
        let code = threads.block_on(till.get(&format!("/v1/stores/{store}/code"))).ok()?;
        (code.status == 200).then_some(store)
    });
    let all = demo.good(&["env"]);
    assert!(setting(&all, "FACADE_PAYPAY_MERCHANT_ID").is_some(), "{all}");
    for entry in noren_wallets::WALLETS {
        let upper = entry.name.to_uppercase();
        assert!(setting(&all, &format!("SANDBOX_{upper}_URL")).is_some(), "{all}");
        assert!(setting(&all, &format!("SANDBOX_{upper}_CLIENT_ID")).is_some(), "{all}");
        let orders = (entry.profile)(noren_wallets::tempo::Tempo::Demo).orders;
        if !entry.payment_codes.is_empty() {
            let code = demo.good(&["code", "--wallet", entry.name]);
            assert!(code.len() >= 12 && !code.contains('\n'), "{code}");
        }
        // Our own wallet API reads our codes; another must be able to make an order.
        if entry.name != "noren" && !orders {
            continue;
        }
        let number = format!("shell-{}", entry.name);
        let order = json!({
            "order_number": number, "store": store, "present": "merchant",
            "amount": { "amount": 980, "currency": "JPY" }, "expires_in_seconds": 300,
        });
        let made = threads.block_on(till.post("/v1/payments", Some(&number), &order)).unwrap();
        let id = made.success().unwrap()["id"].as_str().unwrap().to_owned();
        demo.good(&["pay", &number, "--wallet", entry.name]);
        let paid = until("the shop is paid", || {
            let seen = threads.block_on(till.get(&format!("/v1/payments/{id}"))).unwrap();
            let seen = seen.success().unwrap();
            (seen["status"] == "captured").then_some(seen)
        });
        assert_eq!(paid["wallet"], entry.name);
    }
    let (code, said) = demo.sandbox(&["pay", "no-such-order"]);
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("nobody has an open order no-such-order"), "{said}");
    let (code, said) = demo.sandbox(&["code", "--wallet", "nobody"]);
    assert_ne!(code, 0);
    assert!(said.contains("this folder has no network nobody"), "{said}");
}
