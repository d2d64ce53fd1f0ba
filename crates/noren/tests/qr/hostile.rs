//! Input that nobody means well with.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{answers, noren, text};

fn code(answer: &Value) -> &str {
    assert_eq!(answer["verdict"], "reject");
    answer["findings"][0]["code"].as_str().unwrap()
}

/// Each line has its answer, in its place; the last one is good and is read.
#[test]
fn no_line_stops_the_stream() {
    let deep = format!("{{\"payload\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let large = format!("\"{}\"", "0".repeat(5_000_000));
    let lines: [(&[u8], &str, &str); 20] = [
        (b"", "input", "empty"),
        (b" \t", "input", "empty"),
        (b"{", "input", "cannot be read"),
        (b"null", "input", "cannot be read"),
        (b"000201", "input", "cannot be read"),
        (b"[\"000201\"]", "input", "cannot be read"),
        (b"\"000201\" x", "input", "cannot be read"),
        (b"{}", "input", "missing field `payload`"),
        (b"{\"payload\":1}", "input", "cannot be read"),
        (b"{\"payload\":\"\",\"payload\":\"\"}", "input", "duplicate"),
        (b"{\"payload\":\"\",\"profile\":\"JPQR\"}", "input", "jpqr, qris"),
        (b"\"\\ud800\"", "input", "cannot be read"),
        (b"\"a\0b\"", "input", "cannot be read"),
        (b"\"a\xFFb\"", "input", "not UTF-8"),
        (deep.as_bytes(), "input", "cannot be read"),
        (large.as_bytes(), "too_large", "4194304"),
        (b"\"\"", "not_payment:empty", "empty"),
        (b"\"0002\\u000001\"", "tlv:truncated", "middle of an object"),
        (b"{\"payload\":\"1\",\"profile\":null,\"more\":[1]}", "unknown_prefix", "table"),
        (b"\"javascript:alert(1)\"\r", "not_payment:unknown", "no payment code"),
    ];
    let mut input: Vec<u8> =
        lines.iter().flat_map(|(line, ..)| [line, &b"\n"[..]].concat()).collect();
    // Without an end.
    input.extend_from_slice(b"\"900081818895579920128799\"");
    let answers = answers(&["decode", "--jsonl"], &input);
    assert_eq!(answers.len(), lines.len() + 1);
    for ((line, expected, part), answer) in lines.iter().zip(&answers) {
        let shown = String::from_utf8_lossy(&line[..line.len().min(60)]);
        let message = answer["findings"][0]["message"].as_str().unwrap();
        assert_eq!(code(answer), *expected, "{shown}: {message}");
        assert!(message.contains(part), "{shown}: {message}");
    }
    assert_eq!(answers[lines.len()]["expect"], json!({ "wallet": "paypay" }));
}

#[test]
fn an_empty_stream_has_no_answers() {
    for command in ["decode", "encode"] {
        assert_eq!(answers(&[command, "--jsonl"], b""), Vec::<Value>::new());
    }
}

#[test]
fn encode_answers_every_line_too() {
    let deep = format!("{{\"objects\":{}[]}}", "[{\"t\":\"62\",\"sub\":".repeat(50_000));
    let lines: [&[u8]; 6] = [
        b"",
        b"{",
        b"\xFF",
        b"{\"objects\":[{\"t\":\"0x\",\"v\":\"\"}]}",
        deep.as_bytes(),
        b"{\"objects\":[{\"t\":\"00\",\"v\":\"01\"}]}",
    ];
    let answers = answers(&["encode", "--jsonl"], &lines.join(&b'\n'));
    assert_eq!(answers.len(), lines.len());
    assert!(answers[..5].iter().all(|answer| answer["error"].is_string()), "{answers:?}");
    assert_eq!(answers[5]["payload"], "0002016304AAE6");
}

/// A slow sender has each answer before it sends the next line.
#[test]
fn answers_do_not_wait_for_more_lines() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_noren"))
        .args(["qr", "decode", "--jsonl"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    for _ in 0..3 {
        stdin.write_all(b"\"135112298638468293\"\n").unwrap();
        let mut line = String::new();
        // Hangs when the answer stays in a buffer.
        stdout.read_line(&mut line).unwrap();
        assert!(line.contains("wechat"), "{line}");
    }
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

/// `| head -1`.
#[test]
fn a_reader_that_leaves_ends_it_quietly() {
    for command in ["decode", "encode"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_noren"))
            .args(["qr", command, "--jsonl"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        stdin.write_all(b"\"1\"\n").unwrap();
        stdout.read_line(&mut String::new()).unwrap();
        drop(stdout);
        // More than a pipe holds, so that it must notice. It may be gone before all is written.
        drop(stdin.write_all(&b"\"1\"\n".repeat(100_000)));
        drop(stdin);
        let mut errors = String::new();
        child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
        assert_eq!((child.wait().unwrap().code(), errors.as_str()), (Some(0), ""), "{command}");
    }
}

#[test]
fn a_hundred_thousand_lines_take_seconds() {
    let jpqr = "00020101021126680019jp.or.paymentsjapan01130000000000001020400010306000001040600000152045812530\
                33925802JP5914SAKURA SHOKUDO6005KYOTO6107600821664150002JA0105さくら食堂630460EC";
    let input = format!("{}\n", json!({ "payload": jpqr, "profile": "jpqr" })).repeat(100_000);
    let start = Instant::now();
    let output = noren(&["decode", "--jsonl"], input.as_bytes());
    let taken = start.elapsed();
    assert_eq!(text(&output.stdout).matches("\"verdict\":\"accept\"").count(), 100_000);
    assert!(taken < Duration::from_secs(20), "{taken:?}");
}
