//! A whole demo beside a test, and a shell in front of it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use noren::client::Client;
use serde_json::Value;

/// How a command ended, and all that it printed.
pub(crate) type Said = (i32, String);

/// Runs `noren` to its end; `typed` is its standard input.
pub(crate) fn shell(mut command: Command, typed: &str) -> Said {
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may have ended by now.
    let _ = child.stdin.take().unwrap().write_all(typed.as_bytes());
    let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout) + &text(stderr))
}

/// A demo that ends with the test.
pub(crate) struct Demo {
    child: Child,
    pub(crate) data: PathBuf,
}

impl Drop for Demo {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.data);
    }
}

impl Demo {
    pub(crate) fn start(name: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = format!("{name}-{}", std::process::id());
        let data = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
        let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
        command.args(["demo", "--port", "0", "--data"]).arg(&data);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Self { child: command.spawn().unwrap(), data }
    }

    /// A command of whoever has this state folder in their environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_noren"));
        command.args(arguments).env("NOREN_DATA", &self.data);
        command
    }

    /// What a command prints that does what it is told.
    pub(crate) fn good(&self, arguments: &[&str]) -> String {
        let (code, said) = shell(self.command(arguments), "");
        assert_eq!(code, 0, "{arguments:?}: {said}");
        said.trim().to_owned()
    }

    /// The value of a line `export NAME='value'` of `noren sandbox env`.
    pub(crate) fn setting(&self, name: &str) -> Option<String> {
        let start = format!("export {name}='");
        let all = self.good(&["sandbox", "env"]);
        let line = all.lines().find_map(|line| line.strip_prefix(start.as_str()))?;
        Some(line.trim_end_matches('\'').to_owned())
    }

    /// The file with a shop's key, as soon as it is there.
    pub(crate) async fn key_file(&self, shop: &str) -> PathBuf {
        let path = self.data.join(format!("keys/merchant-{shop}.json"));
        until("the demo has a shop's key", async || token(&path).map(|_| path.clone())).await
    }

    /// The switch as a shop's till software sees it, as soon as the shop is in the directory.
    pub(crate) async fn till(&self, shop: &str) -> Client {
        let key = token(&self.key_file(shop).await);
        let url = self.setting("NOREN_URL").unwrap();
        let till = Client::new(&url, key, Duration::from_secs(20)).unwrap();
        let path = format!("/v1/stores/{}/code", store(shop));
        until("the shop is in the directory", async || {
            till.get(&path).await.is_ok_and(|answer| answer.status == 200).then_some(())
        })
        .await;
        till
    }
}

fn token(path: &Path) -> Option<String> {
    let kept: Value = serde_json::from_slice(&std::fs::read(path).ok()?).ok()?;
    kept["token"].as_str().map(str::to_owned)
}

/// The id of a shop's store.
pub(crate) fn store(shop: &str) -> String {
    let shop = noren::cast::SHOPS.iter().find(|one| one.short == shop).expect("a shop of the cast");
    shop.store().to_string()
}

/// What a look finds in the end.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let end = Instant::now() + Duration::from_secs(60);
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < end, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
