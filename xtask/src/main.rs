//! Chores of this repository as Rust: `cargo xtask test` is the whole test command, the same here
//! and in CI.

mod browser;
mod shake;
mod soak;

use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

/// One part of the test command.
struct Part {
    name: &'static str,
    command: &'static [&'static str],
}

/// Features of test builds.
const TEST_BUILD: &str = "noren-sim/faults,noren/crash-points";

/// In the order in which they run: what fails fast comes first. All share one optimised profile,
/// so that a clean machine compiles everything once.
const PARTS: &[Part] = &[
    Part { name: "format", command: &["cargo", "fmt", "--all", "--check"] },
    Part {
        name: "clippy",
        command: &[
            "cargo",
            "clippy",
            "--release",
            "--workspace",
            "--all-targets",
            "--all-features",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ],
    },
    Part { name: "build", command: &["cargo", "build", "--release"] },
    // Before the tests, whose build of the program can be told to die and is not what is delivered.
    Part {
        name: "demo",
        command: &["target/release/noren", "demo", "--once", "--data", "target/demo-of-the-tests"],
    },
    // The day's file, proved from its postings, batches and records by a process of its own.
    Part {
        name: "ledger",
        command: &[
            "target/release/noren",
            "ledger",
            "verify",
            "--data",
            "target/demo-of-the-tests",
        ],
    },
    // With what only test builds have: mistakes to plant in the engine, and commits to die after. One
    // set of features for all tests, so that the workspace is compiled for them once.
    Part {
        name: "tests",
        command: &["cargo", "test", "--release", "--workspace", "--features", TEST_BUILD],
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["test"] => test(PARTS),
        ["test", name] => match PARTS.iter().find(|part| part.name == *name) {
            Some(part) => test(std::slice::from_ref(part)),
            None => usage(),
        },
        ["screenshots", rest @ ..] => browser::screenshots(rest),
        ["soak", "browser", rest @ ..] => browser::soak(rest),
        ["soak", "qr", rest @ ..] => soak::run(rest),
        ["soak", "sim", rest @ ..] => shake::run(rest),
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprintln!("cargo xtask screenshots [SCREEN]   pictures of the screens in five languages");
    eprintln!("cargo xtask soak browser [FLOW]    every flow and screen in all five languages");
    eprintln!("cargo xtask soak qr [--seconds N] [TARGET]   fuzz the readers of payment codes");
    eprintln!("cargo xtask soak sim [--minutes N]           simulate seeds that nobody has run");
    eprintln!("cargo xtask test          every part, as CI runs it");
    eprintln!("cargo xtask test PART     one part:");
    for part in PARTS {
        eprintln!("    {:<16} {}", part.name, part.command.join(" "));
    }
    ExitCode::from(2)
}

fn test(parts: &[Part]) -> ExitCode {
    // Tests and the demo run from the root, wherever the command was called.
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    if let Err(error) = std::env::set_current_dir(root) {
        eprintln!("cannot go to {root}: {error}");
        return ExitCode::FAILURE;
    }
    if let Err(what) = prepare() {
        eprintln!("{what}");
        return ExitCode::FAILURE;
    }
    // A state folder of an earlier run would be an earlier day.
    let _ = std::fs::remove_dir_all("target/demo-of-the-tests");
    let mut took: Vec<(&str, Duration, bool)> = Vec::new();
    for part in parts {
        println!("\n== {} · {}", part.name, part.command.join(" "));
        let start = Instant::now();
        let passed = run(part.command);
        took.push((part.name, start.elapsed(), passed));
        if !passed {
            break;
        }
    }
    println!("\n{:<16} {:>9}", "part", "seconds");
    for (name, time, passed) in &took {
        println!("{name:<16} {:>9.1}{}", time.as_secs_f32(), if *passed { "" } else { "  FAILED" });
    }
    let total: Duration = took.iter().map(|(_, time, _)| *time).sum();
    println!("{:<16} {:>9.1}", "all", total.as_secs_f32());
    let failed = took.iter().filter(|(_, _, passed)| !passed).count();
    println!("{} passed, {failed} failed", took.len() - failed);
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn run(command: &[&str]) -> bool {
    let [program, arguments @ ..] = command else { return false };
    match Command::new(program).args(arguments).stdin(Stdio::null()).status() {
        Ok(status) => status.success(),
        Err(error) => {
            eprintln!("{program} does not start: {error}");
            false
        }
    }
}

/// What a fresh machine may lack: installed when root, named when not.
fn prepare() -> Result<(), String> {
    for (component, probe) in [("rustfmt", "fmt"), ("clippy", "clippy")] {
        if !quiet(&["cargo", probe, "--version"])
            && !quiet(&["rustup", "component", "add", component])
        {
            return Err(format!("cargo {probe} is missing: rustup component add {component}"));
        }
    }
    if !quiet(&["cc", "--version"]) {
        let installed = quiet(&["apt-get", "update"])
            && quiet(&[
                "apt-get",
                "install",
                "--yes",
                "--no-install-recommends",
                "gcc",
                "libc6-dev",
            ]);
        if !installed {
            return Err(
                "a C compiler is missing (SQLite is compiled): apt-get install gcc libc6-dev"
                    .into(),
            );
        }
    }
    // Clients that others wrote: npm's and PyPI's own tools install them. Screens: Chromium, and
    // letters for each of their languages.
    for (program, probe, packages) in [
        ("node", &["node", "--version"][..], &["nodejs"][..]),
        ("npm", &["npm", "--version"], &["npm"]),
        ("python3 with pip", &["python3", "-m", "pip", "--version"], &["python3", "python3-pip"]),
        ("Chromium", &["sh", "-c", browser::CHROMIUM], &["chromium"]),
        ("a font of a screen's language", &["sh", "-c", browser::FONTS], browser::FONT_PACKAGES),
    ] {
        let install = [&["apt-get", "install", "--yes", "--no-install-recommends"][..], packages];
        let installed = quiet(probe) || (quiet(&["apt-get", "update"]) && quiet(&install.concat()));
        if !installed {
            return Err(format!("{program} is missing: apt-get install {}", packages.join(" ")));
        }
    }
    Ok(())
}

fn quiet(command: &[&str]) -> bool {
    let [program, arguments @ ..] = command else { return false };
    let status = Command::new(program)
        .args(arguments)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    status.is_ok_and(|status| status.success())
}
