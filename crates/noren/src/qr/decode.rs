//! `noren qr decode`: what a scanned text is.

use std::borrow::Cow;
use std::io::Write;
use std::process::ExitCode;

use anyhow::Context;
use clap::Args;
use emvqr::payment_code::Table;
use emvqr::scan::{self, Hint, Kind};
use qrdraw::read::{Content, Kind as Symbol};
use serde::{Deserialize, Serialize};

use super::explain::explain;
use super::input::Input;
use super::lines::{self, Line};
use super::record::{Record, Remark};
use super::{failed, hint, table};
use crate::output::say;

pub const EXAMPLES: &str = "  noren qr decode 'https://qr.paypay.ne.jp/AAAAAAAAAAAAAAAA'
  noren qr decode photo.png                     the codes in a picture
  scanner | noren qr decode                     the text on stdin
  noren qr decode --profile khqr --json < code.txt
  noren qr decode --jsonl < texts.jsonl         one JSON string or {\"payload\", \"profile\"} a line";

pub const NOTES: &str =
    "Exit status: 0 the code may be used, 1 it must not, 2 wrong usage. With --jsonl: 0 once all
lines are answered, whatever they say. Digits and card numbers that a payer shows work like
money: give them on stdin, so that they are not kept in the shell's history.
Profiles: jpqr qris khqr sgqr duitnow promptpay bharatqr vietqr qrph hkfps apply that profile's
hard rules; emv-mpm emv-cpm jpqr-cpm payment-code url force that sort; other says nothing.";

#[derive(Args)]
pub struct Decode {
    /// The scanned text, or the name of a picture that ends in .png; stdin when left out or -.
    text: Option<String>,
    /// What the text is to be; see below.
    #[arg(long, value_name = "NAME", value_parser = hint)]
    profile: Option<Hint>,
    /// All that was read, as JSON: one object; of a picture a list.
    #[arg(long)]
    json: bool,
    /// Answer each line of stdin by one line of JSON.
    #[arg(long, conflicts_with_all = ["text", "json"])]
    jsonl: bool,
    /// Routing table of payment-code digits, in the form that `noren qr table` prints.
    #[arg(long, value_name = "FILE")]
    table: Option<std::path::PathBuf>,
}

/// A code of a picture.
#[derive(Serialize)]
struct Found<'r> {
    picture: Place,
    /// The text; nothing of bytes that are no text.
    payload: Option<&'r str>,
    #[serde(flatten)]
    record: Record<'r>,
}

#[derive(Serialize)]
struct Place {
    symbol: &'static str,
    left: u32,
    top: u32,
    width: u32,
    height: u32,
}

impl Decode {
    pub fn run(self) -> anyhow::Result<ExitCode> {
        let table = match table::load(self.table.as_deref()) {
            Ok(table) => table,
            Err(error) => return Ok(failed(2, &error)),
        };
        let hint = self.profile.unwrap_or_default();
        if self.jsonl {
            let (stdin, stdout) = (std::io::stdin().lock(), std::io::stdout().lock());
            lines::answer(stdin, stdout, |line, output| answer(line, &table, hint, output))
                .context("between stdin and stdout")?;
            return Ok(ExitCode::SUCCESS);
        }
        let input = match Input::of(self.text) {
            Ok(input) => input,
            Err(error) => return Ok(failed(2, &error)),
        };
        match input {
            Input::Text(text) => {
                let scanned = scan::read_as(&text, &table, hint);
                if self.json {
                    say!("{}", serde_json::to_string_pretty(&Record::of(&scanned))?);
                } else {
                    say!("{}", explain(&scanned).trim_end());
                }
                Ok(exit(scanned.is_accepted()))
            }
            Input::Bytes(bytes) => {
                let record = not_text(&bytes);
                if self.json {
                    say!("{}", serde_json::to_string_pretty(&record)?);
                } else {
                    say!("{}", refusal(&record));
                }
                Ok(exit(false))
            }
            Input::Png(bytes) => picture(&bytes, &table, hint, self.json),
        }
    }
}

const fn exit(accepted: bool) -> ExitCode {
    if accepted { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whatever codes could be, they are text.
fn not_text(bytes: &[u8]) -> Record<'static> {
    let findings = match emvqr::mpm::read_bytes(bytes) {
        Ok(_) => Vec::new(),
        Err(rejected) => rejected.findings().iter().map(Remark::from).collect(),
    };
    Record::refused(Kind::Unknown, findings)
}

fn refusal(record: &Record<'_>) -> String {
    let mut text = "reject: no payment code".to_owned();
    for remark in &record.findings {
        text += &format!("\n  {} {}: {}", remark.level, remark.code, remark.message);
    }
    text
}

/// Reads every code in a picture. Good only when all of them are.
fn picture(png: &[u8], table: &Table, hint: Hint, json: bool) -> anyhow::Result<ExitCode> {
    let found = match qrdraw::read::png(png) {
        Ok(found) => found,
        Err(error) => return Ok(failed(1, &error.into())),
    };
    let texts: Vec<_> =
        found.iter().map(|code| code.text().map(|text| scan::read_as(text, table, hint))).collect();
    let records = found.iter().zip(&texts).map(|(code, scanned)| Found {
        picture: Place {
            symbol: match code.kind {
                Symbol::Qr { .. } => "qr",
                Symbol::Code128 => "code128",
            },
            left: code.area.left,
            top: code.area.top,
            width: code.area.width,
            height: code.area.height,
        },
        payload: code.text(),
        record: match (&code.content, scanned) {
            (_, Some(scanned)) => Record::of(scanned),
            (Content::Bytes(bytes), None) => not_text(bytes),
            (Content::Text(_), None) => unreachable!("every text was read"),
        },
    });
    if json {
        let records: Vec<_> = records.collect();
        say!("{}", serde_json::to_string_pretty(&records)?);
    } else {
        for (index, (record, scanned)) in records.zip(&texts).enumerate() {
            let Place { symbol, left, top, width, height } = record.picture;
            if texts.len() > 1 {
                let gap = if index == 0 { "" } else { "\n" };
                say!("{gap}{symbol}, {width} x {height} pixels from {left},{top}");
            }
            match scanned {
                Some(scanned) => say!("{}", explain(scanned).trim_end()),
                None => say!("{}", refusal(&record.record)),
            }
        }
    }
    Ok(exit(texts.iter().all(|text| text.as_ref().is_some_and(scan::Scanned::is_accepted))))
}

/// A line of the input that is an object.
#[derive(Deserialize)]
struct Asked<'l> {
    #[serde(borrow)]
    payload: Cow<'l, str>,
    #[serde(borrow, default)]
    profile: Option<Cow<'l, str>>,
}

impl<'l> Asked<'l> {
    /// By the first character: a list too could be taken for the members of an object.
    fn read(line: &'l str) -> Result<Self, serde_json::Error> {
        match line.as_bytes().first() {
            Some(b'{') => serde_json::from_str(line),
            _ => serde_json::from_str(line).map(|payload| Self { payload, profile: None }),
        }
    }
}

const FORM: &str = "write a string or an object with `payload`, and `profile` if it is known";

/// Answers one line, whatever the line is.
fn answer(
    line: Line<'_>,
    table: &Table,
    hint: Hint,
    output: &mut dyn Write,
) -> std::io::Result<()> {
    let mut refuse = |code, position, message| {
        serde_json::to_writer(&mut *output, &Record::of_no_text(code, position, message))
    };
    let line = match line {
        Line::Text(line) => line.trim_matches([' ', '\t', '\r']),
        Line::NotUtf8(position) => {
            let message = format!("The line is not UTF-8 text from here on; {FORM}.");
            return Ok(refuse("input", position, message)?);
        }
        Line::TooLong => {
            let max = lines::LINE_BYTES_MAX;
            let message = format!("The line is longer than {max} bytes, more than any code needs.");
            return Ok(refuse("too_large", 0, message)?);
        }
    };
    if line.is_empty() {
        return Ok(refuse("input", 0, format!("The line is empty; {FORM}."))?);
    }
    let asked = match Asked::read(line) {
        Ok(asked) => asked,
        Err(error) => {
            let message = format!("The line cannot be read: {error}; {FORM}.");
            return Ok(refuse("input", error.column().saturating_sub(1), message)?);
        }
    };
    let hint = match asked.profile.as_deref().map(super::hint).transpose() {
        Ok(named) => named.unwrap_or(hint),
        Err(message) => return Ok(refuse("input", 0, message)?),
    };
    let scanned = scan::read_as(&asked.payload, table, hint);
    Ok(serde_json::to_writer(output, &Record::of(&scanned))?)
}
