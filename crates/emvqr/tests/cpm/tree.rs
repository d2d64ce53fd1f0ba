//! Codes as trees of objects, written by a few lines that share nothing with the crate.

pub fn unhex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap()).collect()
}

pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Base64 by way of a string of bits, which shares nothing with the crate.
pub fn base64(bytes: &[u8]) -> String {
    let alphabet: Vec<char> =
        ('A'..='Z').chain('a'..='z').chain('0'..='9').chain(['+', '/']).collect();
    let mut bits: String = bytes.iter().map(|byte| format!("{byte:08b}")).collect();
    bits.push_str(&"0".repeat((6 - bits.len() % 6) % 6));
    let digit = |six: &[u8]| usize::from_str_radix(std::str::from_utf8(six).unwrap(), 2).unwrap();
    let mut text: String = bits.as_bytes().chunks(6).map(|six| alphabet[digit(six)]).collect();
    text.push_str(&"=".repeat((4 - text.len() % 4) % 4));
    text
}

pub fn object(tag: &str, value: &[u8]) -> Vec<u8> {
    let length = match value.len() {
        length @ 0..=127 => format!("{length:02X}"),
        length @ 128..=255 => format!("81{length:02X}"),
        length => format!("82{length:04X}"),
    };
    [unhex(tag), unhex(&length), value.to_vec()].concat()
}

/// Bytes of a code that is written as `61[ 4F:A000000055 50'Name' ]`: hexadecimal after a colon,
/// text in quotes, objects in brackets; `!57` puts bytes as they are.
pub fn bytes(tree: &str) -> Vec<u8> {
    let mut open: Vec<(&str, Vec<u8>)> = vec![("", Vec::new())];
    for token in tree.split_whitespace() {
        let done = if let Some(tag) = token.strip_suffix('[') {
            open.push((tag, Vec::new()));
            continue;
        } else if token == "]" {
            let (tag, inner) = open.pop().unwrap();
            object(tag, &inner)
        } else if let Some(raw) = token.strip_prefix('!') {
            unhex(raw)
        } else if let Some((tag, text)) = token.split_once('\'') {
            object(tag, text.strip_suffix('\'').expect("a second quote").as_bytes())
        } else {
            let (tag, value) = token.split_once(':').expect("a colon");
            object(tag, &unhex(value))
        };
        open.last_mut().unwrap().1.extend(done);
    }
    assert_eq!(open.len(), 1, "{tree}");
    open.remove(0).1
}

pub fn text(tree: &str) -> String {
    base64(&bytes(tree))
}
