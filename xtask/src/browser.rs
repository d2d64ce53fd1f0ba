//! `cargo xtask screenshots` and `cargo xtask soak browser`: what the browser tests do when they are
//! asked for more. The test command runs them in the language of the day.

use std::process::{Command, ExitCode, Stdio};

/// Succeeds where Chromium is.
pub const CHROMIUM: &str = "command -v chromium || command -v chromium-browser";

/// Succeeds where every language of the screens has letters to be written in.
pub const FONTS: &str = "for language in ja zh-cn ko th; do \
    fc-list \":lang=$language\" family | grep -q . || exit 1; done";

/// The fonts, and what lists them.
pub const FONT_PACKAGES: &[&str] = &["fontconfig", "fonts-noto-cjk", "fonts-thai-tlwg"];

/// Pictures of every screen into `target/screenshots`, or of those whose names begin so.
pub fn screenshots(screens: &[&str]) -> ExitCode {
    run(&["--ignored", "screenshots"], &[("NOREN_SCREENS", &screens.join(" "))])
}

/// Every flow and every screen in all languages, or those whose names begin so.
pub fn soak(flows: &[&str]) -> ExitCode {
    let flows = flows.join(" ");
    run(&[], &[("NOREN_BROWSER_LANGUAGES", "all"), ("NOREN_BROWSER_FLOWS", &flows)])
}

fn run(filter: &[&str], settings: &[(&str, &str)]) -> ExitCode {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    if let Err(error) = std::env::set_current_dir(root) {
        eprintln!("cannot go to {root}: {error}");
        return ExitCode::FAILURE;
    }
    if let Err(what) = super::prepare() {
        eprintln!("{what}");
        return ExitCode::FAILURE;
    }
    let mut command = Command::new("cargo");
    // As the test command builds it, so that nothing is compiled twice.
    command.args(["test", "--release", "--workspace", "--features", super::TEST_BUILD]);
    command.args(["--test", "browser", "--"]).args(filter);
    command.envs(settings.iter().copied()).stdin(Stdio::null());
    match command.status() {
        Ok(status) if status.success() => ExitCode::SUCCESS,
        Ok(_) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("cargo does not start: {error}");
            ExitCode::FAILURE
        }
    }
}
