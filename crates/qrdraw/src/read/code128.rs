//! A small reader of Code 128 for clean pictures: horizontal lines, widths of runs, check
//! character. ISO/IEC 15417.

use super::picture::Picture;
use super::{Area, Content, Kind, Scanned};
use crate::code128::{START_A, STOP, WIDTHS, check};

/// Longer codes than this are not looked for: bounds the work on stripes that are no code.
const SYMBOLS_MAX: usize = 80;

/// White modules before the first bar. The standard asks for ten; screenshots are cut close.
const QUIET_MODULES_MIN: f64 = 5.0;

/// A line must be confirmed by another: a check character lets one error in 103 pass.
const LINES_MIN: usize = 2;

/// At most this many lines of a picture are looked at, evenly spread.
const LINES_MAX: usize = 400;

/// Up to two lines may be disturbed before a code counts as another one.
const REACH_LINES: usize = 3;

/// More codes than this in one line are a pattern made to keep us busy, not a picture of codes.
const LINE_CODES_MAX: usize = 64;

/// The same for a whole picture: some four sheets of labels.
const CODES_MAX: usize = 256;

/// More codes than one of the limits above.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct TooBusy;

/// All codes that at least two lines agree on.
pub(super) fn read(picture: &Picture) -> Result<Vec<Scanned>, TooBusy> {
    let step = picture.height.div_ceil(LINES_MAX);
    let mut ended: Vec<Found> = Vec::new();
    // Those that the next line may go on with. A hit is compared with these only, at most
    // LINE_CODES_MAX for each line in reach, so the work grows with the lines, not their square.
    let mut open: Vec<Found> = Vec::new();
    for y in (0..picture.height).step_by(step) {
        let out_of_reach = open.extract_if(.., |f| y - f.bottom > REACH_LINES * step);
        ended.extend(out_of_reach.filter(Found::is_confirmed));
        let hits = Runs::of(picture.row(y)).codes();
        if hits.len() > LINE_CODES_MAX || ended.len() > CODES_MAX {
            return Err(TooBusy);
        }
        for hit in hits {
            match open.iter_mut().find(|f| f.hit.text == hit.text && f.hit.overlaps(&hit)) {
                Some(f) => {
                    f.bottom = y;
                    f.lines += 1;
                }
                None => open.push(Found { hit, top: y, bottom: y, lines: 1 }),
            }
        }
    }
    ended.extend(open.into_iter().filter(Found::is_confirmed));
    if ended.len() > CODES_MAX {
        return Err(TooBusy);
    }
    Ok(ended.into_iter().map(Found::scanned).collect())
}

struct Found {
    hit: Hit,
    top: usize,
    bottom: usize,
    lines: usize,
}

impl Found {
    fn is_confirmed(&self) -> bool {
        self.lines >= LINES_MIN
    }

    fn scanned(self) -> Scanned {
        let area = Area {
            left: self.hit.left as u32,
            top: self.top as u32,
            width: (self.hit.right - self.hit.left) as u32,
            height: (self.bottom - self.top + 1) as u32,
        };
        Scanned { kind: Kind::Code128, content: Content::Text(self.hit.text), area }
    }
}

/// A code in one line, in pixels.
struct Hit {
    text: String,
    left: usize,
    right: usize,
}

impl Hit {
    fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right && other.left < self.right
    }
}

/// Widths of runs in pixels, white first, in turn white and black, white last.
struct Runs {
    widths: Vec<u32>,
}

impl Runs {
    fn of(row: &[u8]) -> Self {
        let (low, high) = row.iter().fold((255, 0), |(l, h), &v| (l.min(v), h.max(v)));
        let middle = (u32::from(low) + u32::from(high)) / 2;
        let mut widths = vec![0];
        let mut last = false;
        // A line of nearly one colour holds no code.
        if high - low >= 64 || low > high {
            for &grey in row {
                let black = u32::from(grey) <= middle;
                if black != last {
                    widths.push(0);
                    last = black;
                }
                *widths.last_mut().expect("never empty") += 1;
            }
        }
        if last {
            widths.push(0);
        }
        Self { widths }
    }

    /// Codes from left to right, and those that stand on their heads.
    fn codes(&self) -> Vec<Hit> {
        let total: u32 = self.widths.iter().sum();
        let mut hits = codes(&self.widths);
        let turned: Vec<u32> = self.widths.iter().rev().copied().collect();
        hits.extend(codes(&turned).into_iter().map(|h| Hit {
            left: total as usize - h.right,
            right: total as usize - h.left,
            text: h.text,
        }));
        hits
    }
}

fn codes(widths: &[u32]) -> Vec<Hit> {
    let mut hits = Vec::new();
    let mut at = 1; // black runs are at odd places
    let mut left = widths[0] as usize;
    while at + 6 <= widths.len() {
        if let Some((text, end)) = code_at(widths, at) {
            let right = left + widths[at..end].iter().sum::<u32>() as usize;
            hits.push(Hit { text, left, right });
            left = right + widths[end] as usize;
            at = end + 1;
        } else {
            left += (widths[at] + widths[at + 1]) as usize;
            at += 2;
        }
    }
    hits
}

/// The code whose first bar is run `start`, and the run after its last bar.
fn code_at(widths: &[u32], start: usize) -> Option<(String, usize)> {
    let module = f64::from(widths[start..start + 6].iter().sum::<u32>()) / 11.0;
    let quiet = module * QUIET_MODULES_MIN;
    if f64::from(widths[start - 1]) < quiet {
        return None;
    }
    let mut values = vec![symbol(&widths[start..start + 6]).filter(|&v| v >= START_A)?];
    let mut at = start + 6;
    while values.len() <= SYMBOLS_MAX {
        if let Some(stop) = widths.get(at..at + 7)
            && nearest(stop, &STOP, 13.0)
            && widths.get(at + 7).is_some_and(|&w| f64::from(w) >= quiet)
        {
            return Some((text(&values)?, at + 7));
        }
        values.push(symbol(widths.get(at..at + 6)?)?);
        at += 6;
    }
    None
}

/// The value of six runs: the symbol whose widths are nearest, when they are near.
fn symbol(runs: &[u32]) -> Option<usize> {
    let total = f64::from(runs.iter().sum::<u32>());
    let distance = |pattern: &[u8; 6]| distance(runs, pattern, total, 11.0);
    let (value, least) = WIDTHS
        .iter()
        .map(distance)
        .enumerate()
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .expect("the table is not empty");
    (least < NEAR).then_some(value)
}

/// Sum of squares, in modules. Two symbols are at least 2 apart.
const NEAR: f64 = 0.9;

fn nearest(runs: &[u32], pattern: &[u8], modules: f64) -> bool {
    let total = f64::from(runs.iter().sum::<u32>());
    distance(runs, pattern, total, modules) < NEAR
}

fn distance(runs: &[u32], pattern: &[u8], total: f64, modules: f64) -> f64 {
    let of_run = |(&run, &width): (&u32, &u8)| {
        let off = f64::from(run) * modules / total - f64::from(width);
        off * off
    };
    runs.iter().zip(pattern).map(of_run).sum()
}

/// Start, data and check character to text. `None` when the check fails, or for function
/// characters: they are not text, and payment codes have none.
fn text(values: &[usize]) -> Option<String> {
    let (&found, body) = values.split_last()?;
    let (&start, data) = body.split_first()?;
    if data.is_empty() || check(body) != found {
        return None;
    }
    let mut set = Set::started_by(start)?;
    let mut shift = None;
    let mut out = String::new();
    for &value in data {
        match (shift.take().unwrap_or(set), value) {
            (Set::C, 0..=99) => out.push_str(&format!("{value:02}")),
            (Set::A, 0..=63) | (Set::B, 0..=95) => out.push((value as u8 + 32) as char),
            (Set::A, 64..=95) => out.push((value as u8 - 64) as char),
            (Set::A, 98) => shift = Some(Set::B),
            (Set::B, 98) => shift = Some(Set::A),
            (Set::A | Set::B, 99) => set = Set::C,
            (Set::A | Set::C, 100) => set = Set::B,
            (Set::B | Set::C, 101) => set = Set::A,
            _ => return None,
        }
    }
    (!out.is_empty()).then_some(out)
}

#[derive(Clone, Copy)]
enum Set {
    A,
    B,
    C,
}

impl Set {
    fn started_by(value: usize) -> Option<Self> {
        match value {
            103 => Some(Self::A),
            104 => Some(Self::B),
            105 => Some(Self::C),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::code128::{modules, symbols};

    /// `rows` of `columns` different codes, one pixel a module, each `lines` high.
    fn sheet(columns: usize, rows: usize, lines: usize) -> Picture {
        const GAP: usize = 6;
        let mut grey = Vec::new();
        let mut width = 0;
        for row in 0..rows {
            let mut line = vec![255; GAP];
            for column in 0..columns {
                let code = modules(&symbols(&format!("{:06}", row * columns + column)));
                line.extend(code.iter().map(|&dark| if dark { 0 } else { 255 }));
                line.resize(line.len() + GAP, 255);
            }
            width = line.len();
            grey.extend(std::iter::repeat_n(line, lines).flatten());
        }
        Picture { width, height: rows * lines, grey }
    }

    #[test]
    fn as_many_codes_as_the_limits_allow_are_read_and_more_are_too_busy() {
        let count = |columns, rows, lines| read(&sheet(columns, rows, lines)).map(|f| f.len());
        assert_eq!(count(LINE_CODES_MAX, 1, 2), Ok(LINE_CODES_MAX));
        assert_eq!(count(LINE_CODES_MAX + 1, 1, 2), Err(TooBusy));
        assert_eq!(count(LINE_CODES_MAX, CODES_MAX / LINE_CODES_MAX, 2), Ok(CODES_MAX));
        assert_eq!(count(2, CODES_MAX / 2 + 1, 2), Err(TooBusy));
        // What no second line confirms is not counted.
        assert_eq!(count(2, CODES_MAX / 2 + 1, 1), Ok(0));
    }

    #[test]
    fn a_code_goes_on_after_two_disturbed_lines_and_not_after_three() {
        for (disturbed, codes) in [(2, 1), (3, 2)] {
            let mut picture = sheet(1, 1, 4 + disturbed);
            picture.grey[2 * picture.width..][..disturbed * picture.width].fill(255);
            assert_eq!(read(&picture).map(|f| f.len()), Ok(codes), "{disturbed}");
        }
    }

    #[test]
    fn a_wrong_check_character_is_refused() {
        let good = [105, 12, 34, (105 + 12 + 2 * 34) % 103];
        assert_eq!(text(&good).as_deref(), Some("1234"));
        for place in 0..4 {
            for value in 0..103 {
                let mut bad = good;
                bad[place] = value;
                assert!(bad == good || text(&bad).is_none(), "{bad:?}");
            }
        }
    }

    #[test]
    fn all_sets_are_read() {
        let with_check = |values: &[usize]| {
            let mut all = values.to_vec();
            all.push(check(values));
            text(&all)
        };
        assert_eq!(with_check(&[104, 33, 99, 42, 100, 98, 64, 65]).as_deref(), Some("A42\0a"));
        assert_eq!(with_check(&[103, 33, 65, 101 - 3, 65]).as_deref(), Some("A\u{1}a"));
        assert_eq!(with_check(&[105, 102, 12]), None); // FNC1
        assert_eq!(with_check(&[105]), None);
    }
}
