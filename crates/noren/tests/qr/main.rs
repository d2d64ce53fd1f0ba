//! `noren qr`, run as people and programs run it.

mod commands;
mod hostile;
mod vectors;

use std::io::Write;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Starts `noren qr` with these arguments and this on stdin.
fn noren(arguments: &[&str], stdin: &[u8]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_noren"))
        .arg("qr")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    let stdin = stdin.to_vec();
    // Apart, as the answers begin before all is written. It may end without reading.
    let writer = std::thread::spawn(move || drop(pipe.write_all(&stdin)));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    output
}

/// What it printed, when it went well.
#[track_caller]
fn printed(arguments: &[&str], stdin: &[u8]) -> String {
    let output = noren(arguments, stdin);
    let (out, error) = (text(&output.stdout), text(&output.stderr));
    assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{out}\n{error}");
    assert_eq!(error, "", "{arguments:?}");
    out
}

/// The lines of a `--jsonl` command.
#[track_caller]
fn answers(arguments: &[&str], stdin: &[u8]) -> Vec<Value> {
    let out = printed(arguments, stdin);
    assert!(out.is_empty() || out.ends_with('\n'), "the last line has no end");
    out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}
