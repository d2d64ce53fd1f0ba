//! What people type: digits of a Japanese keyboard, and what they write around an amount. Scripts read
//! it by the same rules (`assets/amounts.js`).

/// A Japanese keyboard writes ASCII in the width of a kanji, and it is ASCII all the same.
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        _ => c,
    }
}

/// An amount in whole yen, zero or above, of at most twelve digits. Commas, spaces and yen signs are
/// people's to use.
pub fn yen(text: &str) -> Option<i64> {
    let around = |c: &char| !c.is_whitespace() && !matches!(c, ',' | '¥' | '￥' | '円');
    let digits: String = text.chars().map(half_width).filter(around).collect();
    let good = (1..=12).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if good { digits.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_read_as_people_type_it() {
        for (text, amount) in [
            ("1200", Some(1_200)),
            ("１，２００円", Some(1_200)),
            (" ¥ 1,200　", Some(1_200)),
            ("￥0", Some(0)),
            ("", None),
            ("円", None),
            ("12.5", None),
            ("-3", None),
            ("1200 yen", None),
            ("十", None),
            ("1234567890123", None),
        ] {
            assert_eq!(yen(text), amount, "{text}");
        }
        assert_eq!("Ａｂ：１".chars().map(half_width).collect::<String>(), "Ab:1");
    }
}
