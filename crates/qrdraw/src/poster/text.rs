//! How much room text takes, without its font.
//!
//! A poster is drawn with the fonts of whoever prints it, so widths are estimates, on the
//! wide side: full-width characters 1 em, others by kind. Measured in
//! Chromium with Noto and Liberation fonts, the widest text of our posters was one hundredth
//! wider than its estimate, most are narrower; the margins have room for more than that.

/// A letter's width in em, that is in font sizes.
fn letter(c: char) -> f64 {
    match c {
        // Marks above and below, joiners, variation selectors.
        '\u{300}'..='\u{36f}'
        | '\u{e31}'
        | '\u{e34}'..='\u{e3a}'
        | '\u{e47}'..='\u{e4e}'
        | '\u{200b}'..='\u{200d}'
        | '\u{3099}'..='\u{309a}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{1f3fb}'..='\u{1f3ff}'
        | '\u{e0100}'..='\u{e01ef}' => 0.0,
        'i' | 'j' | 'l' | '|' | '!' | '.' | ',' | ':' | ';' | '\'' | '`' | ' ' => 0.32,
        'f' | 'r' | 't' | 'I' | '(' | ')' | '[' | ']' | '{' | '}' | '/' | '\\' | '-' | '*' => 0.42,
        'm' | 'M' | 'W' | '@' | '%' => 0.98,
        'w' | '&' | 'A'..='Z' => 0.76,
        '\u{20}'..='\u{7e}' => 0.6,
        '\u{a0}'..='\u{2af}' | '\u{1e00}'..='\u{1eff}' => 0.76,
        // Greek, Cyrillic, Armenian, Hebrew.
        '\u{370}'..='\u{5ff}' => 0.8,
        '\u{e00}'..='\u{e7f}' => 0.62,
        // Half-width katakana.
        '\u{ff61}'..='\u{ff9f}' => 0.56,
        // Pictures.
        '\u{1f000}'..='\u{1faff}' => 1.4,
        _ => 1.0,
    }
}

/// Bold letters are wider, full-width ones are not.
const BOLD: f64 = 1.08;

/// The width of a line of text at font size 1.
pub(super) fn width(text: &str, bold: bool) -> f64 {
    text.chars()
        .map(|c| match letter(c) {
            w if bold && w < 1.0 => w * BOLD,
            w => w,
        })
        .sum()
}

/// Text that fits into its room.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fitted {
    /// Font size, in the unit of the room.
    pub size: f64,
    /// At least one.
    pub lines: Vec<String>,
}

/// How text may be fitted.
#[derive(Clone, Copy)]
pub(super) struct Room {
    pub width: f64,
    pub size_max: f64,
    pub size_min: f64,
    pub lines_max: usize,
    pub bold: bool,
}

/// The largest size at which the text fits. One line shrinks to six tenths before there are two.
/// Words are broken only when nothing else helps. `None`: it does not fit at all.
pub(super) fn fit(text: &str, room: Room) -> Option<Fitted> {
    for break_words in [false, true] {
        for lines in 1..=room.lines_max {
            let least = if lines == room.lines_max {
                room.size_min
            } else {
                room.size_min.max(room.size_max * 0.6)
            };
            let steps = std::iter::successors(Some(room.size_max), |s| Some(s * 0.96));
            for size in steps.take_while(|&s| s > least).chain([least]) {
                if let Some(lines) = wrap(text, room.width / size, lines, room.bold, break_words) {
                    return Some(Fitted { size, lines });
                }
            }
        }
    }
    None
}

/// At most `count` lines of at most `width` em, as even as they can be.
fn wrap(
    text: &str,
    width: f64,
    count: usize,
    bold: bool,
    break_words: bool,
) -> Option<Vec<String>> {
    let pieces = pieces(text, break_words);
    let mut lines = fill(&pieces, width, bold)?;
    if lines.len() > count {
        return None;
    }
    // Even lines: as narrow as the same number of lines allows.
    let (mut low, mut high) = (0.0, width);
    for _ in 0..12 {
        let middle = (low + high) / 2.0;
        match fill(&pieces, middle, bold) {
            Some(narrow) if narrow.len() <= lines.len() => (lines, high) = (narrow, middle),
            _ => low = middle,
        }
    }
    Some(lines)
}

/// Greedy. `None` when a piece alone is too wide.
fn fill(pieces: &[&str], room: f64, bold: bool) -> Option<Vec<String>> {
    let mut lines = vec![String::new()];
    for piece in pieces {
        let line = lines.last_mut().expect("never empty");
        let wider = format!("{line}{piece}");
        if width(wider.trim_end(), bold) <= room {
            *line = wider;
        } else if width(piece.trim_end(), bold) <= room {
            lines.push((*piece).to_owned());
        } else {
            return None;
        }
    }
    Some(lines.into_iter().map(|line| line.trim().to_owned()).collect())
}

/// Where a line may end: after a space, and between full-width characters unless that leaves
/// a mark at the wrong end (Japanese line breaking, JIS X 4051, its best-known part).
fn pieces(text: &str, break_words: bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut before: Option<char> = None;
    for (at, c) in text.char_indices() {
        if let Some(b) = before
            && may_break(b, c, break_words)
        {
            pieces.push(&text[start..at]);
            start = at;
        }
        before = Some(c);
    }
    pieces.push(&text[start..]);
    pieces
}

fn may_break(before: char, after: char, break_words: bool) -> bool {
    const NOT_FIRST: &str =
        "、。，．・：；？！）」』】〉》〕］｝ーぁぃぅぇぉっゃゅょァィゥェォッャュョヶ々〜…ะาำๆฯ";
    const NOT_LAST: &str = "（「『【〈《〔［｛เแโใไ";
    if letter(after) == 0.0 || before == '\u{200d}' || after == ' ' {
        return false;
    }
    if NOT_FIRST.contains(after) || NOT_LAST.contains(before) {
        return false;
    }
    let wide = |c: char| letter(c) >= 1.0;
    before == ' ' || wide(before) || wide(after) || break_words
}

#[cfg(test)]
mod tests {
    use super::*;

    const ROOM: Room =
        Room { width: 100.0, size_max: 10.0, size_min: 4.0, lines_max: 2, bold: false };

    #[test]
    fn short_text_is_large_and_long_text_shrinks_then_wraps() {
        let short = fit("さくら食堂", ROOM).unwrap();
        assert_eq!(short, Fitted { size: 10.0, lines: vec!["さくら食堂".into()] });
        let longer = fit("京都さくら食堂河原町三条店", ROOM).unwrap();
        assert_eq!(longer.lines.len(), 1);
        assert!(longer.size < 10.0);
        let two = fit("株式会社京都さくら食堂河原町三条本店別館", ROOM).unwrap();
        assert_eq!(two.lines.len(), 2);
        assert_eq!(fit(&"店".repeat(200), ROOM), None);
    }

    #[test]
    fn lines_never_exceed_the_room_and_lose_nothing() {
        let texts = [
            "Bob & Alice's Very Long Name of a Tea House and Souvenirs",
            "Donaudampfschifffahrtsgesellschaftskapitän",
            "ร้านอาหารไทยแสนอร่อยมากที่สุดในเมืองเกียวโต",
            "한국 식당 교토 본점 그리고 별관",
            "ラーメン「一番」・ぎょうざの店、京都駅前。",
        ];
        for text in texts {
            for lines_max in 1..4 {
                for width in [30.0, 60.0, 100.0] {
                    let room = Room { width, lines_max, size_min: 1.0, ..ROOM };
                    let Some(fitted) = fit(text, room) else { continue };
                    assert!(fitted.lines.len() <= lines_max);
                    for line in &fitted.lines {
                        assert!(super::width(line, false) * fitted.size <= width + 1e-9);
                        assert!(!line.starts_with(['、', '。', '」']), "{line}");
                    }
                    let joined: String = fitted.lines.concat();
                    let dense = |s: &str| s.replace(' ', "");
                    assert_eq!(dense(&joined), dense(text));
                }
            }
        }
    }

    #[test]
    fn words_are_broken_only_at_need() {
        let fitted = fit("Takayama Coffee", Room { width: 60.0, size_min: 9.0, ..ROOM }).unwrap();
        assert_eq!(fitted.lines, ["Takayama", "Coffee"]);
        let fitted = fit("Donaudampfschifffahrt", Room { width: 70.0, size_min: 9.0, ..ROOM });
        assert_eq!(fitted.unwrap().lines.len(), 2);
    }
}
