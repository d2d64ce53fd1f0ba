//! Damage to consumer-presented codes below their base64.

use super::random::Random;

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// Decodes generously: what is not of the alphabet is left out.
fn decode(text: &str) -> Vec<u8> {
    let digit = |byte: u8| ALPHABET.iter().position(|letter| *letter == byte);
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_usize, 0);
    for six in text.bytes().filter_map(digit) {
        bits = bits << 6 | six;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count) as u8);
            bits &= (1 << count) - 1;
        }
    }
    bytes
}

fn encode(bytes: &[u8], padded: bool) -> String {
    let mut text = String::new();
    for block in bytes.chunks(3) {
        let bits = (0..3).fold(0, |bits, index| {
            bits << 8 | usize::from(block.get(index).copied().unwrap_or_default())
        });
        for index in 0..4 {
            if index <= block.len() {
                text.push(ALPHABET[bits >> (18 - 6 * index) & 63].into());
            } else if padded {
                text.push('=');
            }
        }
    }
    text
}

/// An object with a length of one byte or two, and the value cut to what fits.
fn object(tag: &[u8], value: &[u8]) -> Vec<u8> {
    let value = &value[..value.len().min(255)];
    let mut object = tag.to_vec();
    if value.len() > 127 {
        object.push(0x81);
    }
    object.push(value.len() as u8);
    object.extend_from_slice(value);
    object
}

/// Objects of one level, when the bytes are nothing else: where each begins and ends, and
/// where its value does.
fn split(bytes: &[u8]) -> Option<Vec<(usize, usize, usize)>> {
    let mut objects = Vec::new();
    let mut next = 0;
    while next < bytes.len() {
        let after_tag = next + if bytes[next] & 0x1F == 0x1F { 2 } else { 1 };
        let (value, length) = match *bytes.get(after_tag)? {
            length @ 0..=0x7F => (after_tag + 1, usize::from(length)),
            0x81 => (after_tag + 2, usize::from(*bytes.get(after_tag + 1)?)),
            _ => return None,
        };
        let end = value + length;
        if end > bytes.len() {
            return None;
        }
        objects.push((next, value, end));
        next = end;
    }
    Some(objects)
}

/// Tags that mean something, and some that nobody knows.
const TAGS: [&[u8]; 20] = [
    b"\x85",
    b"\x61",
    b"\x62",
    b"\x63",
    b"\x64",
    b"\x4F",
    b"\x50",
    b"\x57",
    b"\x5A",
    b"\x5F\x20",
    b"\x5F\x2D",
    b"\x5F\x50",
    b"\x9F\x08",
    b"\x9F\x19",
    b"\x9F\x24",
    b"\x9F\x25",
    b"\x99",
    b"\xE1",
    b"\xBF\x0C",
    b"\xC0",
];

const VALUES: [&[u8]; 13] = [
    b"",
    b"CPV01",
    b"JPQR1",
    b"12345678",
    b"\xA0\x00\x00\x00\x55\x55\x55",
    b"\x12\x34\x56\x78\x90\x12\x34\x58\xD1\x91\x22\x01\x12\x34\x5F",
    b"\x12\x34\x56\x78\x90\x12\x34\x5F",
    b"\xD1\x91\x22\x01\x12\x34",
    b"jaen",
    b"SURNAME/NAME",
    b"\xFF\xFF\xFF",
    b"\x82\x01",
    &[0xD1; 200],
];

/// Changes the bytes of a code, its objects more often than single ones.
pub fn damage(text: &str, random: &mut Random) -> String {
    let mut bytes = decode(text);
    for _ in 0..=usize::from(random.one_in(3)) {
        bytes = change(&bytes, random, 0);
    }
    encode(&bytes, !random.one_in(4))
}

fn change(bytes: &[u8], random: &mut Random, depth: usize) -> Vec<u8> {
    let Some(objects) = split(bytes).filter(|objects| !objects.is_empty()) else {
        return change_byte(bytes, random);
    };
    // The first object says what the code is. Without it nothing else is looked at.
    let first = usize::from(depth == 0 && objects.len() > 1 && !random.one_in(10));
    let index = first + random.below(objects.len() - first);
    let (start, value, end) = objects[index];
    let (before, object_bytes, after) = (&bytes[..start], &bytes[start..end], &bytes[end..]);
    let tag_end = start + if bytes[start] & 0x1F == 0x1F { 2 } else { 1 };
    let (tag, content) = (&bytes[start..tag_end], &bytes[value..end]);
    let replaced = match random.below(9) {
        0 => change_byte(object_bytes, random),
        1 => Vec::new(),
        2 => [object_bytes, object_bytes].concat(),
        3 => object(random.pick(&TAGS), content),
        4 => object(tag, random.pick(&VALUES)),
        5 => [object_bytes, &*object(random.pick(&TAGS), random.pick(&VALUES))].concat(),
        6 => nest(content, random),
        _ if tag[0] & 0x20 != 0 => object(tag, &change(content, random, depth + 1)),
        _ => object(tag, &change_byte(content, random)),
    };
    [before, &replaced, after].concat()
}

/// Deeper than a reader opens.
fn nest(content: &[u8], random: &mut Random) -> Vec<u8> {
    let mut nested = content.to_vec();
    for _ in 0..random.below(12) {
        nested = object(random.pick(&[b"\x61".as_slice(), b"\x62", b"\xE1"]), &nested);
    }
    nested
}

fn change_byte(bytes: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = random.below(bytes.len());
    match random.below(3) {
        0 if !bytes.is_empty() => bytes[at] = random.below(256) as u8,
        1 if !bytes.is_empty() => drop(bytes.remove(at)),
        _ => bytes.insert(at, random.below(256) as u8),
    }
    bytes
}

#[test]
fn base64_both_ways() {
    for text in ["hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=", "", "QQ==", "+/+/"] {
        assert_eq!(encode(&decode(text), true), text);
    }
}
