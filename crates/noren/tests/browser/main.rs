//! The screens in a real browser: flows from end to end, and every screen held to what screens have
//! to be, in Debian's Chromium beside a demo of its own.
//!
//! Flows are the exported functions of `flows/*.mjs`; screens stand in `screens.mjs`. Playwright's
//! library and axe-core come from npm at fixed versions, as the clients of `tests/clients` do.
//! `NOREN_BROWSER_FLOWS="till checkout/"` runs those whose names begin so, `NOREN_BROWSER_LANGUAGE=th`
//! all of them in one language, `NOREN_BROWSER_LANGUAGES=all` all in all five. Without, the screens
//! and the smaller flows are in the language of the day. `NOREN_BROWSER_DEMO=FOLDER` uses the demo
//! that runs on that state folder, for whoever writes a flow.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

// Past the test harness, which keeps what a passing test prints.
use noren::output::out;

const PACKAGES: [&str; 3] = ["playwright-core@1.65.1", "axe-core@4.14.1", "pngjs@7.0.0"];

/// Where Debian and its relatives put Chromium.
const CHROMIUM: [&str; 2] = ["/usr/bin/chromium", "/usr/bin/chromium-browser"];

/// How long the demo may take until it serves and its day is over.
const DEMO_PATIENCE: Duration = Duration::from_secs(90);

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser")
}

/// The browser; a sentence that names what to install where there is none.
fn chromium() -> PathBuf {
    let named = std::env::var_os("NOREN_CHROMIUM").map(PathBuf::from);
    let found = named.into_iter().chain(CHROMIUM.map(PathBuf::from)).find(|path| path.exists());
    found.expect(
        "Chromium is missing, and the screens are tested in nothing else: \
         apt-get install chromium fonts-noto-cjk fonts-noto-core",
    )
}

/// The folder with the packages, installed once for these versions.
fn installed() -> PathBuf {
    let folder = root().join("packages");
    let (whole, versions) = (folder.join("installed"), PACKAGES.join(" "));
    if std::fs::read_to_string(&whole).is_ok_and(|found| found == versions) {
        return folder;
    }
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut npm = Command::new("npm");
    npm.args(["install", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix"]).arg(&folder);
    let output = npm.args(PACKAGES).current_dir(&folder).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "installing {PACKAGES:?}: {said}");
    std::fs::write(whole, versions).unwrap();
    folder
}

/// Copies a folder of scripts to where the packages are found from it.
fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        match entry.file_type().unwrap().is_dir() {
            true => copied(&entry.path(), &target),
            false => drop(std::fs::copy(entry.path(), target).unwrap()),
        }
    }
}

/// A whole network of its own, its day behind it, that ends with the test; or one that runs.
struct Demo {
    data: PathBuf,
    child: Option<Child>,
}

impl Demo {
    fn start() -> Self {
        if let Some(data) = std::env::var_os("NOREN_BROWSER_DEMO") {
            return Self { data: data.into(), child: None };
        }
        let data = root().join(format!("demo-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&data);
        std::fs::create_dir_all(&data).unwrap();
        let log = std::fs::File::create(data.join("log")).unwrap();
        // People confirm in seconds: the times of tests would be over before they have read anything.
        let child = Command::new(env!("CARGO_BIN_EXE_noren"))
            .args(["demo", "--port", "0", "--tempo", "demo", "--data"])
            .arg(&data)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        Self { data, child: Some(child) }
    }

    /// Waits until it serves and its day is over.
    fn ready(&mut self) {
        let start = Instant::now();
        let Some(child) = &mut self.child else { return };
        let log = self.data.join("log");
        let log = || std::fs::read_to_string(&log).unwrap_or_default();
        while !log().contains("still serving") {
            let ended = child.try_wait().unwrap();
            assert!(ended.is_none(), "the demo ended: {}\n{}", ended.unwrap(), log());
            assert!(start.elapsed() < DEMO_PATIENCE, "the demo is not ready:\n{}", log());
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Runs `run.mjs` beside a demo, and passes on what it prints.
fn run(arguments: &[String]) {
    let chromium = chromium();
    let mut demo = Demo::start();
    let folder = installed();
    let scripts = folder.join(format!("scripts-{}", std::process::id()));
    copied(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser"), &scripts);
    demo.ready();
    let mut shell = Command::new("sh");
    let line = "set -e; all=$(\"$NOREN\" sandbox env); eval \"$all\"; exec node run.mjs \"$@\"";
    shell.args(["-c", line, "sh"]).args(arguments).current_dir(&scripts);
    shell.env("NOREN", env!("CARGO_BIN_EXE_noren")).env("NOREN_DATA", &demo.data);
    shell.env("CHROMIUM", chromium).env("NOREN_BROWSER_OUT", root().join("out"));
    let words = Path::new(env!("CARGO_MANIFEST_DIR")).join("../noren-pages/words");
    shell.env("NOREN_WORDS", words.canonicalize().unwrap());
    let mut script = shell.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut last = String::new();
    for line in BufReader::new(script.stdout.take().unwrap()).lines() {
        last = line.unwrap();
        out(format_args!("{last}"));
    }
    let status = script.wait().unwrap();
    let _ = std::fs::remove_dir_all(&scripts);
    assert!(status.success(), "{last}; the demo's log: {}/log", demo.data.display());
    if demo.child.is_none() {
        return;
    }
    let data = demo.data.clone();
    drop(demo);
    // Whatever the flows cut and lost: the books are right.
    let verified = Command::new(env!("CARGO_BIN_EXE_noren"))
        .args(["ledger", "verify", "--data"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(verified.status.success(), "{}", String::from_utf8_lossy(&verified.stderr));
    let _ = std::fs::remove_dir_all(&data);
}

#[test]
fn the_screens_hold_in_a_real_browser() {
    let wanted = std::env::var("NOREN_BROWSER_FLOWS").unwrap_or_default();
    run(&wanted.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
}

/// `cargo xtask screenshots`.
#[test]
#[ignore = "makes pictures of every screen in five languages; nothing to fail"]
fn screenshots() {
    let folder = std::env::var("NOREN_SCREENSHOTS").unwrap_or_else(|_| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
        target.join("screenshots").display().to_string()
    });
    let wanted = std::env::var("NOREN_SCREENS").unwrap_or_default();
    let arguments = ["--screenshots".to_owned(), folder].into_iter();
    run(&arguments.chain(wanted.split_whitespace().map(str::to_owned)).collect::<Vec<_>>());
}
