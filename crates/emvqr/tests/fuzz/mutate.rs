//! Inputs that resemble codes: a vector, damaged a few times.

use super::corpus::{Item, Kind};
use super::entries::sealed;
use super::random::Random;
use super::{ber, objects};

/// Longest input, so that thousands take seconds. `sizes` tries longer ones.
const BYTES_MAX: usize = 6000;

/// A damaged vector. Each kind has its share, however many vectors there are of it.
pub fn damaged(corpus: &[Item], random: &mut Random) -> Vec<u8> {
    let kind = match random.below(8) {
        0..=3 => Kind::Mpm,
        4..=5 => Kind::Cpm,
        6 => Kind::Link,
        _ => Kind::Digits,
    };
    let mut text = of_kind(corpus, kind, random).to_owned();
    // Once as often as not: what is damaged often is seldom read at all.
    let times = if random.one_in(2) { 1 } else { 1 + random.below(4) };
    for _ in 0..times {
        text = match kind {
            _ if random.one_in(5) => change_text(&text, random),
            _ if random.one_in(12) => {
                let other = &corpus[random.below(corpus.len())].payload;
                spliced(&text, other, random)
            }
            Kind::Mpm => objects::damage(&text, of_kind(corpus, kind, random), random),
            Kind::Cpm => ber::damage(&text, random),
            Kind::Link => change_link(&text, random),
            Kind::Digits => change_digits(&text, random),
        };
    }
    // A wrong checksum hides all else that is wrong, so most get a right one.
    if kind == Kind::Mpm && !random.one_in(6) {
        text = sealed(&text);
    }
    if random.one_in(60) {
        text = text.repeat(2 + random.below(30));
    }
    let mut bytes = text.into_bytes();
    bytes.truncate(BYTES_MAX);
    if random.one_in(60) {
        let at = random.below(bytes.len() + 1);
        bytes.insert(at, 0x80 | random.below(128) as u8);
    }
    bytes
}

fn of_kind<'c>(corpus: &'c [Item], kind: Kind, random: &mut Random) -> &'c str {
    // A few of each kind are in the corpus, so this ends.
    loop {
        let item = &corpus[random.below(corpus.len())];
        if item.kind == kind {
            return &item.payload;
        }
    }
}

/// Characters that readers trip over.
const CHARACTERS: [&str; 20] = [
    "0",
    "9",
    "99",
    "00",
    "A",
    "=",
    "+",
    " ",
    "\r\n",
    "\n",
    "\0",
    "%",
    "店",
    "𠮷",
    "ก",
    "e\u{301}",
    "\u{202E}",
    "\u{FEFF}",
    "１",
    "\u{10FFFF}",
];

/// What a bad camera or a bad cable does, and what fingers do.
fn change_text(text: &str, random: &mut Random) -> String {
    let (one, two) = (random.place(text), random.place(text));
    let (from, to) = (one.min(two), one.max(two));
    let (head, middle, tail) = (&text[..from], &text[from..to], &text[to..]);
    let piece = random.pick(&CHARACTERS);
    match random.below(7) {
        0 => format!("{head}{piece}{middle}{tail}"),
        1 => {
            let mut rest = middle.chars();
            rest.next();
            format!("{head}{}{tail}", rest.as_str())
        }
        2 => format!("{head}{}{tail}", middle.chars().rev().collect::<String>()),
        3 => format!("{head}{middle}"),
        4 => format!("{head}{middle}{middle}{tail}"),
        5 => format!("{head}{tail}"),
        // One digit for another, which a length or a tag may be.
        _ => match middle.char_indices().find(|(_, found)| found.is_ascii_digit()) {
            Some((at, _)) => {
                format!("{head}{}{}{}{tail}", &middle[..at], random.below(10), &middle[at + 1..])
            }
            None => format!("{head}{middle}{tail}{piece}"),
        },
    }
}

/// The beginning of one and the end of another.
fn spliced(text: &str, other: &str, random: &mut Random) -> String {
    format!("{}{}", &text[..random.place(text)], &other[random.place(other)..])
}

fn change_link(text: &str, random: &mut Random) -> String {
    const PIECES: [&str; 26] = [
        "https://",
        "http://",
        "HTTPS://",
        "upi://pay?",
        "wxp://",
        "paypay://payment?link_key=",
        "qr.alipay.com",
        "qr.paypay.ne.jp",
        "qr.95516.com",
        ".evil.example",
        "@",
        ":443",
        "/",
        "//",
        "\\",
        "?",
        "#",
        "&",
        "&am=1.00",
        "&AM=2",
        "&%61m=3",
        "&pa=a@b",
        "&cu=USD",
        "&tn=%E5%BA",
        "%00",
        "%2F",
    ];
    let at = random.place(text);
    let (head, tail) = text.split_at(at);
    let mut after = tail.chars();
    let first = after.next().unwrap_or('x');
    match random.below(6) {
        0 | 1 => format!("{head}{}{tail}", random.pick(&PIECES)),
        2 if first.is_ascii() => format!("{head}%{:02x}{}", u32::from(first), after.as_str()),
        3 if random.one_in(2) => format!("{head}{}", tail.to_ascii_uppercase()),
        3 => format!("{head}{}", tail.to_ascii_lowercase()),
        // Another letter or digit, as tokens and values differ by.
        4 => format!("{head}{}{}", random.pick(&['a', 'Z', '0', '7', '.']), after.as_str()),
        _ => {
            let parts: Vec<&str> = text.split('&').collect();
            let (part, place) = (random.pick(&parts), random.below(parts.len() + 1));
            let mut parts = parts.clone();
            parts.insert(place, part);
            parts.join("&")
        }
    }
}

fn change_digits(text: &str, random: &mut Random) -> String {
    let (head, tail) = text.split_at(random.place(text));
    let digit = random.below(10);
    match random.below(3) {
        0 => format!("{head}{digit}{tail}"),
        1 => format!("{head}{}", tail.get(1..).unwrap_or_default()),
        _ => format!("{head}{digit}{}", tail.get(1..).unwrap_or_default()),
    }
}
