//! `cargo xtask soak qr`: the readers of payment codes under libFuzzer, one target after the
//! other. Slow, so no part of the test command; the same entry functions are, with inputs that
//! are the same on every run.
//!
//! Works with the stable compiler: what needs a nightly one elsewhere is the address sanitizer,
//! of little use without `unsafe` code. Coverage, by which libFuzzer finds its way, is a pass
//! of LLVM's that any compiler runs when told to.

use std::path::Path;
use std::process::{Command, ExitCode};

/// Entry functions of `crates/emvqr/fuzz`.
const TARGETS: [&str; 5] = ["mpm", "cpm", "link", "digits", "scan"];

const MANIFEST: &str = "crates/emvqr/fuzz/Cargo.toml";
const DICTIONARY: &str = "crates/emvqr/fuzz/dictionary.txt";

/// Not the folder of other builds, which have other flags. Inputs found in one run are where
/// the next begins.
const FOLDER: &str = "target/fuzz";

/// Time for each target when the command names none.
const SECONDS: u32 = 120;

/// What libFuzzer needs to see where an input leads: a counter on each edge, the table of their
/// places, and the operands of comparisons.
const FLAGS: [&str; 6] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg=fuzzing",
];

/// An input is over the limits of all readers from 4,096 characters on. None may take a second,
/// or memory that a reader has no use for.
const LIMITS: [&str; 4] =
    ["-max_len=8192", "-timeout=1", "-malloc_limit_mb=16", "-rss_limit_mb=1024"];

/// Runs the command with what follows `soak qr`.
pub fn run(arguments: &[&str]) -> ExitCode {
    let (seconds, targets): (&str, &[&str]) = match arguments {
        [] => ("", &TARGETS),
        ["--seconds", seconds] => (seconds, &TARGETS),
        ["--seconds", seconds, target @ ..] => (seconds, target),
        targets => ("", targets),
    };
    let seconds = if seconds.is_empty() { Ok(SECONDS) } else { seconds.parse() };
    let unknown = targets.iter().find(|target| !TARGETS.contains(target));
    let (Ok(seconds), None) = (seconds, unknown) else {
        eprintln!("cargo xtask soak qr [--seconds N] [{}]", TARGETS.join("|"));
        return ExitCode::from(2);
    };
    match soak(seconds, targets) {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("{what}");
            ExitCode::FAILURE
        }
    }
}

fn soak(seconds: u32, targets: &[&str]) -> Result<(), String> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    std::env::set_current_dir(root).map_err(|error| format!("cannot go to {root}: {error}"))?;
    let folder = std::env::current_dir().map_err(|error| error.to_string())?.join(FOLDER);
    if !super::quiet(&["c++", "--version"]) {
        return Err("a C++ compiler is missing (libFuzzer is compiled): apt-get install g++".into());
    }
    let host = host()?;
    finish(
        Command::new("cargo")
            .args(["build", "--release", "--bins", "--manifest-path", MANIFEST])
            // With a target named, flags are not for build scripts.
            .args(["--target", &host, "--target-dir", FOLDER])
            .env("CARGO_ENCODED_RUSTFLAGS", FLAGS.join("\u{1f}")),
        "the build",
    )?;
    finish(
        Command::new("cargo")
            .args(["test", "--release", "--package", "emvqr", "--test", "fuzz", "--quiet", "--"])
            .args(["--ignored", "write_the_corpus"])
            .env("EMVQR_FUZZ_CORPUS", folder.join("vectors")),
        "writing the corpus",
    )?;
    for target in targets {
        fuzz(target, seconds, &folder, &host)?;
    }
    println!("\n{} for {seconds} seconds each: nothing found", targets.join(", "));
    Ok(())
}

fn fuzz(target: &str, seconds: u32, folder: &Path, host: &str) -> Result<(), String> {
    println!("\n== {target}");
    let found = folder.join("found").join(target);
    let crashes = folder.join("crashes").join(target);
    for folder in [&found, &crashes] {
        std::fs::create_dir_all(folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
    }
    let mut command = Command::new(folder.join(host).join("release").join(target));
    command
        .args(LIMITS)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={DICTIONARY}"))
        .arg(format!("-artifact_prefix={}/", crashes.display()))
        .args(["-print_final_stats=1", "-use_value_profile=1", "-verbosity=1"])
        // New inputs go to the first folder; the second is read only.
        .args([found, folder.join("vectors").join(target)]);
    finish(&mut command, target).map_err(|what| {
        format!(
            "{what}: the input is the newest file in {}. Give the target's program that file to see it fail again.",
            crashes.display()
        )
    })
}

/// The machine that the compiler runs on, as it names it.
fn host() -> Result<String, String> {
    let output = Command::new("rustc").arg("-vV").output().map_err(|error| error.to_string())?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = text.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc -vV names no host".into())
}

fn finish(command: &mut Command, what: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{what}: {status}")),
        Err(error) => Err(format!("{what} does not start: {error}")),
    }
}
