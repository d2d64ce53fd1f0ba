//! `noren qr encode --jsonl`: objects in, the text of a code out. The way back of
//! `noren qr decode --jsonl`.
//!
//! Objects keep the order in which they are given, and unknown ones are written as they are: no
//! rule is applied but those without which there is no text. `decode` says what it is worth.

use std::io::Write;
use std::process::ExitCode;

use anyhow::{Context, bail, ensure};
use emvqr::crc::crc16;
use emvqr::mpm::PAYLOAD_CHARACTERS_MAX;
use emvqr::tlv::{self, LengthUnit, Tag};
use serde::{Deserialize, Serialize};

use super::lines::{self, Line};

/// A line, in the form that `decode` writes; of its members those that matter here.
#[derive(Deserialize)]
struct Given {
    objects: Option<Vec<Object>>,
    kind: Option<String>,
    length_unit: Option<String>,
}

#[derive(Deserialize)]
struct Object {
    t: String,
    v: Option<String>,
    sub: Option<Vec<Object>>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Answer {
    Payload(String),
    Error(String),
}

/// Answers every line of stdin.
pub fn run() -> anyhow::Result<ExitCode> {
    let (stdin, stdout) = (std::io::stdin().lock(), std::io::stdout().lock());
    lines::answer(stdin, stdout, |line, output| {
        let answer = match payload(line) {
            Ok(payload) => Answer::Payload(payload),
            Err(error) => Answer::Error(format!("{error:#}")),
        };
        Ok(serde_json::to_writer(&mut *output as &mut dyn Write, &answer)?)
    })
    .context("between stdin and stdout")?;
    Ok(ExitCode::SUCCESS)
}

fn payload(line: Line<'_>) -> anyhow::Result<String> {
    let line = match line {
        Line::Text(line) => line,
        Line::NotUtf8(position) => bail!("the line is not UTF-8 text from byte {position} on"),
        Line::TooLong => bail!("the line is longer than {} bytes", lines::LINE_BYTES_MAX),
    };
    let form = r#"write {"objects":[{"t":"00","v":"01"}, ...]}, as `noren qr decode --jsonl` does"#;
    ensure!(!line.trim().is_empty(), "the line is empty; {form}");
    // A list too could be taken for the members of an object.
    ensure!(line.trim_start().starts_with('{'), "the line is no object; {form}");
    let given: Given = serde_json::from_str(line).with_context(|| form.to_owned())?;
    if let Some(kind) = given.kind.as_deref().filter(|kind| *kind != "mpm") {
        bail!("a code of kind {kind} is not put together here, only one of kind mpm");
    }
    let objects = given.objects.unwrap_or_default();
    ensure!(!objects.is_empty(), "there are no objects; {form}");
    // A code that counts otherwise is written anew from its parts; its values as they stand
    // have the old lengths inside.
    let same_unit = given.length_unit.is_none_or(|unit| unit == "code_point");

    let mut text = String::new();
    for object in objects.iter().filter(|object| object.t != "63") {
        write(&mut text, object, same_unit, "")?;
    }
    text.push_str("6304");
    let sum = crc16(text.as_bytes());
    text += &format!("{sum:04X}");
    let length = LengthUnit::CodePoint.measure(&text);
    ensure!(
        length <= PAYLOAD_CHARACTERS_MAX,
        "the code has {length} characters, and {PAYLOAD_CHARACTERS_MAX} is the most"
    );
    Ok(text)
}

/// Appends an object that lies inside of `template`, which is empty or ends in a point.
fn write(out: &mut String, object: &Object, same_unit: bool, template: &str) -> anyhow::Result<()> {
    let digits = object.t.len() == 2 && object.t.bytes().all(|byte| byte.is_ascii_digit());
    let tag = object.t.parse().ok().filter(|_| digits).and_then(Tag::new);
    let path = || format!("{template}{}", object.t);
    let tag = tag.with_context(|| format!("tag {:?} is not two digits", path()))?;
    let of_parts = match &object.sub {
        None => None,
        Some(parts) => {
            let (mut value, template) = (String::new(), format!("{}.", path()));
            for part in parts {
                write(&mut value, part, same_unit, &template)?;
            }
            Some(value)
        }
    };
    let value = match (&object.v, &of_parts) {
        (Some(value), Some(parts)) => {
            ensure!(
                value == parts || !same_unit,
                "`v` and `sub` of object {} say different things; change both or leave one out",
                path()
            );
            parts
        }
        (Some(value), None) | (None, Some(value)) => value,
        (None, None) => bail!("object {} has neither `v` nor `sub`", path()),
    };
    tlv::write(out, tag, value, LengthUnit::CodePoint).map_err(|tlv::TooLong { found }| {
        anyhow::anyhow!("object {} is {found} characters long; shorten it to 99", path())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Result<String, String> {
        payload(Line::Text(line)).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn order_and_unknown_objects_are_kept_and_the_checksum_is_new() {
        let line = r#"{"objects":[{"t":"00","v":"01"},{"t":"63","v":"0000"},{"t":"59","v":"さ"},{"t":"26","sub":[{"t":"00","v":"com.example"}]},{"t":"53","v":""}]}"#;
        let text = of(line).unwrap();
        assert!(text.starts_with("0002015901さ26150011com.example53006304"), "{text}");
        assert_eq!(
            text[text.len() - 4..],
            format!("{:04X}", crc16(&text.as_bytes()[..text.len() - 4]))
        );
    }

    #[test]
    fn every_refusal_names_what_to_change() {
        let long = format!(
            r#"{{"objects":[{{"t":"62","sub":[{{"t":"05","v":"{}"}}]}}]}}"#,
            "あ".repeat(96)
        );
        let many = format!(r#"{{"objects":[{}]}}"#, vec![r#"{"t":"00","v":"01"}"#; 1000].join(","));
        for (line, part) in [
            ("", "the line is empty"),
            ("{", "write {\"objects\""),
            ("[[]]", "no object; write {\"objects\""),
            ("{}", "there are no objects"),
            (r#"{"objects":[]}"#, "there are no objects"),
            (r#"{"kind":"uri","objects":[]}"#, "kind uri"),
            (r#"{"objects":[{"t":"5","v":"1"}]}"#, "\"5\" is not two digits"),
            (
                r#"{"objects":[{"t":"62","sub":[{"t":"+5","v":"1"}]}]}"#,
                "\"62.+5\" is not two digits",
            ),
            (r#"{"objects":[{"t":"59"}]}"#, "object 59 has neither"),
            (
                r#"{"objects":[{"t":"62","v":"0501B","sub":[{"t":"05","v":"A"}]}]}"#,
                "object 62 say different",
            ),
            (&long, "object 62 is 100 characters long"),
            (&many, "6008 characters"),
        ] {
            let error = of(line).unwrap_err();
            assert!(error.contains(part), "{line}: {error}");
        }
    }

    #[test]
    fn values_that_count_otherwise_are_written_from_their_parts() {
        let parts = r#"{"t":"64","v":"0002JA0115さくら食堂","sub":[{"t":"00","v":"JA"},{"t":"01","v":"さくら食堂"}]}"#;
        let line = format!(r#"{{"objects":[{parts}],"length_unit":"utf8_byte"}}"#);
        assert!(of(&line).unwrap().starts_with("64150002JA0105さくら食堂6304"));
    }
}
