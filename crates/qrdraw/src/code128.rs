//! The symbols of Code 128 (ISO/IEC 15417), and digits as symbols.
//!
//! Ours, because it is one table that the reader needs in any case; the tests compare it, and
//! whole codes, with what the `barcoders` crate draws.

/// Widths of bar, space, bar, space, bar, space in modules; the index is the symbol's value.
/// Eleven modules each. 103 to 105 start a code in set A, B, C.
#[rustfmt::skip]
pub(crate) const WIDTHS: [[u8; 6]; 106] = [
    [2,1,2,2,2,2], [2,2,2,1,2,2], [2,2,2,2,2,1], [1,2,1,2,2,3], [1,2,1,3,2,2], [1,3,1,2,2,2],
    [1,2,2,2,1,3], [1,2,2,3,1,2], [1,3,2,2,1,2], [2,2,1,2,1,3], [2,2,1,3,1,2], [2,3,1,2,1,2],
    [1,1,2,2,3,2], [1,2,2,1,3,2], [1,2,2,2,3,1], [1,1,3,2,2,2], [1,2,3,1,2,2], [1,2,3,2,2,1],
    [2,2,3,2,1,1], [2,2,1,1,3,2], [2,2,1,2,3,1], [2,1,3,2,1,2], [2,2,3,1,1,2], [3,1,2,1,3,1],
    [3,1,1,2,2,2], [3,2,1,1,2,2], [3,2,1,2,2,1], [3,1,2,2,1,2], [3,2,2,1,1,2], [3,2,2,2,1,1],
    [2,1,2,1,2,3], [2,1,2,3,2,1], [2,3,2,1,2,1], [1,1,1,3,2,3], [1,3,1,1,2,3], [1,3,1,3,2,1],
    [1,1,2,3,1,3], [1,3,2,1,1,3], [1,3,2,3,1,1], [2,1,1,3,1,3], [2,3,1,1,1,3], [2,3,1,3,1,1],
    [1,1,2,1,3,3], [1,1,2,3,3,1], [1,3,2,1,3,1], [1,1,3,1,2,3], [1,1,3,3,2,1], [1,3,3,1,2,1],
    [3,1,3,1,2,1], [2,1,1,3,3,1], [2,3,1,1,3,1], [2,1,3,1,1,3], [2,1,3,3,1,1], [2,1,3,1,3,1],
    [3,1,1,1,2,3], [3,1,1,3,2,1], [3,3,1,1,2,1], [3,1,2,1,1,3], [3,1,2,3,1,1], [3,3,2,1,1,1],
    [3,1,4,1,1,1], [2,2,1,4,1,1], [4,3,1,1,1,1], [1,1,1,2,2,4], [1,1,1,4,2,2], [1,2,1,1,2,4],
    [1,2,1,4,2,1], [1,4,1,1,2,2], [1,4,1,2,2,1], [1,1,2,2,1,4], [1,1,2,4,1,2], [1,2,2,1,1,4],
    [1,2,2,4,1,1], [1,4,2,1,1,2], [1,4,2,2,1,1], [2,4,1,2,1,1], [2,2,1,1,1,4], [4,1,3,1,1,1],
    [2,4,1,1,1,2], [1,3,4,1,1,1], [1,1,1,2,4,2], [1,2,1,1,4,2], [1,2,1,2,4,1], [1,1,4,2,1,2],
    [1,2,4,1,1,2], [1,2,4,2,1,1], [4,1,1,2,1,2], [4,2,1,1,1,2], [4,2,1,2,1,1], [2,1,2,1,4,1],
    [2,1,4,1,2,1], [4,1,2,1,2,1], [1,1,1,1,4,3], [1,1,1,3,4,1], [1,3,1,1,4,1], [1,1,4,1,1,3],
    [1,1,4,3,1,1], [4,1,1,1,1,3], [4,1,1,3,1,1], [1,1,3,1,4,1], [1,1,4,1,3,1], [3,1,1,1,4,1],
    [4,1,1,1,3,1], [2,1,1,4,1,2], [2,1,1,2,1,4], [2,1,1,2,3,2],
];

/// The stop symbol: seven runs, thirteen modules.
pub(crate) const STOP: [u8; 7] = [2, 3, 3, 1, 1, 1, 2];

/// Starts a code in set A; the next two values start B and C.
pub(crate) const START_A: usize = 103;

/// Starts a code in set C.
pub(crate) const START_C: usize = 105;

/// Starts a code in set B.
pub(crate) const START_B: usize = 104;

/// Goes on in set B.
pub(crate) const CODE_B: usize = 100;

/// Digits as the values of symbols, start and check included: pairs in set C, an odd last
/// digit in set B.
pub(crate) fn symbols(digits: &str) -> Vec<usize> {
    let digit = |d: u8| usize::from(d - b'0');
    let pairs = digits.as_bytes().chunks_exact(2);
    let last = pairs.remainder().first().map(|&d| digit(d) + 16);
    let mut values = vec![if digits.len() > 1 { START_C } else { START_B }];
    values.extend(pairs.map(|pair| digit(pair[0]) * 10 + digit(pair[1])));
    if let Some(last) = last {
        if digits.len() > 1 {
            values.push(CODE_B);
        }
        values.push(last);
    }
    values.push(check(&values));
    values
}

/// The check character: the start counts once, what follows by its place.
pub(crate) fn check(values: &[usize]) -> usize {
    values.iter().enumerate().fold(0, |sum, (place, value)| sum + place.max(1) * value) % 103
}

/// Modules, dark or light, stop included.
pub(crate) fn modules(values: &[usize]) -> Vec<bool> {
    let runs = values.iter().flat_map(|&value| WIDTHS[value]).chain(STOP);
    let dark = [true, false].into_iter().cycle();
    runs.zip(dark).flat_map(|(width, dark)| std::iter::repeat_n(dark, width.into())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use barcoders::sym::code128::Code128;

    /// The table was typed from the standard, the library's by others: they must agree. Each
    /// pair of digits in set C shows one symbol; the rest is shown by set B and the starts.
    #[test]
    fn widths_agree_with_the_drawing_library() {
        let widths = |text: &str, at: usize| -> Vec<u8> {
            let modules = Code128::new(text).unwrap().encode();
            let symbol = &modules[at * 11..][..11];
            symbol.chunk_by(|a, b| a == b).map(|run| run.len() as u8).collect()
        };
        for (value, expected) in WIDTHS.iter().enumerate().take(100) {
            assert_eq!(widths(&format!("\u{106}{value:02}"), 1), expected, "{value}");
        }
        // Code B from C is 100, code A from B 101, FNC1 102.
        assert_eq!(widths("\u{106}00\u{181}0", 2), WIDTHS[100]);
        assert_eq!(widths("\u{181}0\u{c0}0", 2), WIDTHS[101]);
        assert_eq!(widths("\u{106}\u{179}00", 1), WIDTHS[102]);
        assert_eq!(widths("\u{c0}00", 0), WIDTHS[103]);
        assert_eq!(widths("\u{181}00", 0), WIDTHS[104]);
        assert_eq!(widths("\u{106}00", 0), WIDTHS[105]);
    }

    #[test]
    fn two_symbols_are_never_near() {
        for (i, a) in WIDTHS.iter().enumerate() {
            assert_eq!(a.iter().sum::<u8>(), 11, "{i}");
            for b in &WIDTHS[..i] {
                let apart: i32 =
                    a.iter().zip(b).map(|(&a, &b)| (i32::from(a) - i32::from(b)).pow(2)).sum();
                assert!(apart >= 2, "{i}");
            }
        }
    }

    #[test]
    fn whole_codes_agree_with_the_library() {
        for digits in ["7", "42", "123", "0000", "900081818895579920128799", "6212345678901234567"]
        {
            // The library takes code sets as letters: C is U+0106, B is U+0181.
            let (pairs, last) = digits.split_at(digits.len() / 2 * 2);
            let mut text = String::new();
            if !pairs.is_empty() {
                text = format!("\u{106}{pairs}");
            }
            if !last.is_empty() {
                text = format!("{text}\u{181}{last}");
            }
            let theirs: Vec<bool> =
                Code128::new(&text).unwrap().encode().into_iter().map(|bit| bit == 1).collect();
            assert_eq!(modules(&symbols(digits)), theirs, "{digits}");
        }
    }
}
