//! Reading and writing payment codes, beside the least that any reader has to do.
//!
//! The floor is to see that the bytes are UTF-8 and to sum them, with the same tables. `read` is
//! all findings made, `decode` is that and every object, every object of a template and every
//! named field looked at. What is written is read back and checked in the same call, as always.

mod clock;
mod codes;
mod khqr;
#[cfg(feature = "rivals")]
mod rivals;

use std::hint::black_box;

use anyhow::Context;
use emvqr::mpm::jpqr::{DynamicCode, JpqrId, Merchant};
use emvqr::mpm::{self, Mpm};
use emvqr::{cpm, crc, tlv};
use serde_json::{Value, json};

use self::clock::{Spent, Work};
use crate::output::say;

/// How to have the rivals in the program: they bring an HTTP client and old macro crates.
const RIVALS: &str = "cargo run --release -p noren --features rivals -- bench qr";

const FLOOR: &str = "floor";

pub fn run(rounds: u32) -> anyhow::Result<Value> {
    let merchant_codes =
        [("jpqr-001", codes::JPQR), ("sgqr-005", codes::SGQR), ("khqr", codes::KHQR)];
    let id: JpqrId = "0000000000001-0001-000001-000001".parse()?;
    let mut works = Vec::new();
    for (name, text) in merchant_codes {
        add_merchant_code(&mut works, name, text)?;
    }
    add_payers_code(&mut works)?;
    add_building(&mut works, &id)?;
    #[cfg(feature = "rivals")]
    rivals::add(&mut works)?;

    clock::run(&mut works, rounds);
    let theirs: Vec<&Work<'_>> = works.iter().filter(|work| work.rival.is_some()).collect();
    let ours: Vec<&Work<'_>> = works.iter().filter(|work| work.rival.is_none()).collect();
    Ok(json!({
        "bench": "qr",
        "settings": { "rounds": rounds, "calls_per_turn": clock::CALLS },
        "result": ours.iter().map(|work| row(work, &ours, FLOOR, "times_floor")).collect::<Value>(),
        "rivals": (!theirs.is_empty()).then(|| {
            theirs.iter().map(|work| row(work, &ours, work.name, "times_ours")).collect::<Value>()
        }),
    }))
}

fn add_merchant_code(
    works: &mut Vec<Work<'_>>,
    name: &'static str,
    text: &'static str,
) -> anyhow::Result<()> {
    let code = mpm::read(text).with_context(|| format!("{name} is a good code"))?;
    anyhow::ensure!(code.encode() == text, "{name} is written as it was read");
    let bytes = text.as_bytes();
    works.push(Work::new(name, FLOOR, move || {
        let text = std::str::from_utf8(black_box(bytes));
        black_box(text.map(|text| crc::crc16(text.as_bytes())).is_ok());
    }));
    works.push(Work::new(name, "read", move || {
        black_box(mpm::read_bytes(black_box(bytes)).is_ok());
    }));
    works.push(Work::new(name, "decode", move || {
        black_box(mpm::read_bytes(black_box(bytes)).map(|code| visit(&code)).is_ok());
    }));
    works.push(Work::new(name, "encode", move || {
        black_box(black_box(&code).encode());
    }));
    Ok(())
}

/// Looks at all objects and all named fields, and gives the bytes that were seen.
fn visit(code: &Mpm<'_>) -> usize {
    let mut seen = 0;
    for object in code.objects() {
        seen += object.value.len();
        if is_template(object.tag)
            && let Ok(template) = object.template()
        {
            seen += template.objects().map(|sub| sub.value.len()).sum::<usize>();
        }
    }
    let fields = [
        code.category(),
        code.currency(),
        code.amount(),
        code.country(),
        code.merchant_name(),
        code.city(),
        code.postal_code(),
    ];
    seen + fields.into_iter().flatten().map(str::len).sum::<usize>() + code.findings().len()
}

/// Whether EMVCo has a template under the tag.
fn is_template(tag: tlv::Tag) -> bool {
    matches!(tag.number(), 26..=51 | 62 | 64 | 80..=99)
}

fn add_payers_code(works: &mut Vec<Work<'_>>) -> anyhow::Result<()> {
    const NAME: &str = "emv-cpm-004";
    let bytes = codes::PAYER.as_bytes();
    let seen = |code: &cpm::Cpm<'_>| match code.content() {
        cpm::Content::Emv(emv) => emv.applications().filter(|found| found.pan().is_some()).count(),
        cpm::Content::Jpqr(_) => 0,
    };
    anyhow::ensure!(seen(&cpm::read_bytes(bytes)?) == 1, "{NAME} has one application");
    works.push(Work::new(NAME, "decode", move || {
        black_box(cpm::read_bytes(black_box(bytes)).map(|code| seen(&code)).is_ok());
    }));
    let code =
        cpm::JpqrCode { operator: "90000002", payment_id: "9000000212345678901234", free: "" };
    code.build()?;
    works.push(Work::new("jpqr-cpm-002", "build", move || {
        black_box(black_box(&code).build().is_ok());
    }));
    Ok(())
}

/// Codes of which every field is given.
fn add_building<'c>(works: &mut Vec<Work<'c>>, id: &'c JpqrId) -> anyhow::Result<()> {
    let merchant = Merchant {
        id,
        mcc: "5812",
        name_latin: "SAKURA SHOKUDO",
        name_ja: "さくら食堂",
        city: "KYOTO",
        postal_code: "6008216",
        accounts: &[],
    };
    let reference = "ORDER-0001";
    let code = DynamicCode { merchant, amount_yen: 1580, reference, store: None, terminal: None };
    code.build()?;
    works.push(Work::new("jpqr, one order", "build", move || {
        black_box(black_box(&code).build().is_ok());
    }));
    let fields = khqr::Fields::of(&mpm::read(codes::KHQR)?).context("the code has all fields")?;
    let written = fields.build()?;
    let again = khqr::Fields::of(&mpm::read(&written)?);
    anyhow::ensure!(again == Some(fields), "what is built says what it was built of");
    works.push(Work::new("khqr", "build", move || {
        black_box(black_box(&fields).build().is_ok());
    }));
    Ok(())
}

/// What a work took, and how many times that of ours which is called `beside`, if there is one
/// for the same code.
fn row(work: &Work<'_>, ours: &[&Work<'_>], beside: &str, times: &str) -> Value {
    let Spent { least, median } = work.spent();
    let other = ours.iter().find(|other| other.code == work.code && other.name == beside);
    let ratio = other.map(|other| {
        let other = other.spent();
        json!({ "median": round(median / other.median), "least": round(least / other.least) })
    });
    let mut row = json!({
        "code": work.code,
        "work": work.name,
        "median_ns": round(median),
        "least_ns": round(least),
        "per_second": (1e9 / median).round(),
        times: ratio,
    });
    if let Some(rival) = work.rival {
        row["crate"] = rival.into();
    }
    row
}

/// Two decimals are more than the machine can keep.
fn round(number: f64) -> f64 {
    (number * 100.0).round() / 100.0
}

/// The report for people.
pub fn print(report: &Value) {
    say!("payment codes, {} rounds, turn by turn", report["settings"]["rounds"]);
    print_rows(&report["result"], "times_floor", "x floor");
    match &report["rivals"] {
        Value::Null => say!("\nother crates in the same run: {RIVALS}"),
        rows => {
            say!("\nother crates");
            print_rows(rows, "times_ours", "x ours");
        }
    }
}

fn print_rows(rows: &Value, times: &str, title: &str) {
    say!(
        "{:<16} {:<22} {:>10} {:>9} {:>12} {title:>8}",
        "code",
        "work",
        "median ns",
        "least ns",
        "a second"
    );
    for row in rows.as_array().into_iter().flatten() {
        let text = |name: &str| row[name].as_str().unwrap_or_default();
        let number = |name: &str| row[name].as_f64().unwrap_or(f64::NAN);
        let work = format!("{} {}", text("crate"), text("work"));
        let times = row[times]["median"].as_f64();
        say!(
            "{:<16} {:<22} {:>10.0} {:>9.0} {:>12.0} {:>8}",
            text("code"),
            work.trim_start(),
            number("median_ns"),
            number("least_ns"),
            number("per_second"),
            times.map_or(String::new(), |times| format!("{times:.2}")),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_measures_every_code_and_says_so() {
        let report = run(3).unwrap();
        let rows = report["result"].as_array().unwrap();
        assert_eq!(rows.len(), 3 * 4 + 4);
        assert!(rows.iter().all(|row| row["least_ns"].as_f64().unwrap() > 0.0));
        let with_floor = rows.iter().filter(|row| row["times_floor"].is_object());
        assert_eq!(with_floor.count(), 3 * 4 + 1);
        assert_eq!(report["rivals"].is_null(), !cfg!(feature = "rivals"));
    }

    #[test]
    fn all_of_a_code_is_looked_at() {
        let code = mpm::read(codes::KHQR).unwrap();
        assert!(code.findings().is_empty(), "{:?}", code.findings());
        // Every value once, those of templates twice, four of the seven fields again... all but
        // the headers of four characters.
        let values: usize = code.objects().map(|object| object.value.len()).sum();
        assert_eq!(values, codes::KHQR.len() - 4 * code.objects().len());
        let inner: usize = [29, 62, 99]
            .into_iter()
            .map(|tag| code.object(tlv::Tag::new(tag).unwrap()).unwrap().template().unwrap())
            .flat_map(|template| template.objects())
            .map(|sub| sub.value.len())
            .sum();
        let fields = "5812840".len() + "12.50KH".len() + "Sokha CoffeePhnom Penh".len();
        assert_eq!(visit(&code), values + inner + fields);
    }
}
