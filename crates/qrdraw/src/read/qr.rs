//! QR symbols, through `rqrr`.

use std::panic::{self, AssertUnwindSafe};

use rqrr::PreparedImage;

use super::picture::Picture;
use super::{Area, Content, Kind, Scanned};
use crate::symbol::Level;

/// Why there are no symbols although there may be some.
pub(super) enum Unread {
    TooBusy,
    Damaged,
}

/// How the picture is turned to black and white.
#[derive(Clone, Copy)]
enum Ink {
    /// Against the neighbourhood: uneven light.
    Adaptive,
    /// Darker than the middle.
    Dark,
    /// Lighter than the middle: screens in dark mode.
    Light,
}

/// What `rqrr` may spend, in pixels copied. For every three marks that might form a symbol it
/// copies the whole picture; this many take a few seconds.
const COPIED_PIXELS_MAX: f64 = 1.5e10;

/// The picture is searched as it is, then at a half and a quarter of its size, where noise is
/// less and where modules of 100 pixels and more do not overflow `rqrr`'s 32-bit geometry.
const SCALES: [u32; 3] = [1, 2, 4];

/// The smallest symbol has 21 modules, and a module at least a pixel.
const SIDE_MIN: usize = 21;

/// All symbols that can be read. None is fine; some that cannot, and no other, is `Damaged`.
pub(super) fn read(picture: &Picture) -> Result<Vec<Scanned>, Unread> {
    let mut damaged = false;
    // Each way is tried only when those before found nothing: the first nearly always does.
    for scale in SCALES {
        let shrunk = picture.shrunk(scale);
        if shrunk.width.min(shrunk.height) < SIDE_MIN {
            break;
        }
        for ink in [Ink::Adaptive, Ink::Dark, Ink::Light] {
            let (found, unread) = read_all(shrunk.clone(), ink)?;
            if !found.is_empty() {
                return Ok(found.into_iter().map(|s| enlarged(s, scale)).collect());
            }
            damaged |= unread;
        }
    }
    if damaged { Err(Unread::Damaged) } else { Ok(Vec::new()) }
}

/// Reads, covers what was read, and reads again while something is left: where many symbols of
/// one size stand in rows, `rqrr` groups the marks of neighbours and misses some at first.
fn read_all(mut picture: Picture, ink: Ink) -> Result<(Vec<Scanned>, bool), Unread> {
    let mut all = Vec::new();
    loop {
        let marks = Marks::of(&picture, ink);
        let worth = match ink {
            Ink::Adaptive if all.is_empty() => true, // in bad light the estimate says nothing
            Ink::Adaptive | Ink::Dark | Ink::Light => marks.count >= 2.0,
        };
        if !worth || marks.too_large {
            return Ok((all, marks.too_large));
        }
        if marks.too_many {
            return if all.is_empty() { Err(Unread::TooBusy) } else { Ok((all, true)) };
        }
        // Outside code on outside pictures, with arithmetic that stops at overflow: a panic in
        // it is a picture that it cannot read, not a reason to end the program.
        let pass = panic::catch_unwind(AssertUnwindSafe(|| read_once(&picture, ink)));
        let (found, unread) = pass.unwrap_or((Vec::new(), true));
        if found.is_empty() {
            return Ok((all, unread));
        }
        let paper = if matches!(ink, Ink::Light) { 0 } else { 255 };
        for scanned in &found {
            picture.cover(scanned.area, paper);
        }
        all.extend(found);
    }
}

fn enlarged(scanned: Scanned, by: u32) -> Scanned {
    let Area { left, top, width, height } = scanned.area;
    let area = Area { left: left * by, top: top * by, width: width * by, height: height * by };
    Scanned { area, ..scanned }
}

/// The symbols read, and whether there was one that could not be.
fn read_once(picture: &Picture, ink: Ink) -> (Vec<Scanned>, bool) {
    let (width, height) = (picture.width, picture.height);
    let mut prepared = match ink {
        Ink::Adaptive => {
            PreparedImage::prepare_from_greyscale(width, height, |x, y| picture.at(x, y))
        }
        Ink::Dark => {
            PreparedImage::prepare_from_bitmap(width, height, |x, y| picture.at(x, y) < 128)
        }
        Ink::Light => {
            PreparedImage::prepare_from_bitmap(width, height, |x, y| picture.at(x, y) >= 128)
        }
    };
    let mut found: Vec<Scanned> = Vec::new();
    let mut unread = false;
    for grid in prepared.detect_grids() {
        let mut bytes = Vec::new();
        let Some((meta, level)) =
            grid.decode_to(&mut bytes).ok().and_then(|m| Some((m, level(m.ecc_level)?)))
        else {
            unread = true;
            continue;
        };
        let content = match String::from_utf8(bytes) {
            Ok(text) => Content::Text(text),
            Err(e) => Content::Bytes(e.into_bytes()),
        };
        let version = u8::try_from(meta.version.0).expect("versions end at 40");
        let area = area(grid.bounds.map(|p| (p.x, p.y)), width, height);
        // The same marks can be grouped twice.
        if !found.iter().any(|f| f.content == content && f.area.overlaps(&area)) {
            found.push(Scanned { kind: Kind::Qr { version, level }, content, area });
        }
    }
    (found, unread)
}

/// The two bits in the symbol's format information, ISO/IEC 18004, table 12.
fn level(bits: u16) -> Option<Level> {
    match bits {
        0b01 => Some(Level::L),
        0b00 => Some(Level::M),
        0b11 => Some(Level::Q),
        0b10 => Some(Level::H),
        _ => None,
    }
}

fn area(corners: [(i32, i32); 4], width: usize, height: usize) -> Area {
    let clip = |at: i32, size: usize| u32::try_from(at).unwrap_or(0).min(size as u32 - 1);
    let xs = corners.map(|(x, _)| clip(x, width));
    let ys = corners.map(|(_, y)| clip(y, height));
    let span = |at: [u32; 4]| {
        let (low, high) = at.iter().fold((u32::MAX, 0), |(l, h), &v| (l.min(v), h.max(v)));
        (low, high - low + 1)
    };
    let ((left, width), (top, height)) = (span(xs), span(ys));
    Area { left, top, width, height }
}

/// An estimate of the corner marks, three in each symbol, before the search starts.
///
/// A mark whose module is `m` pixels wide shows black, white, black, white, black in the
/// widths 1:1:3:1:1 in `3 m` rows, so each such row counts as `1 / (3 m)` of a mark.
struct Marks {
    count: f64,
    /// Of `n` marks about an eighth lie in line with one, to the side and above: `n` cubed over
    /// 64 threes, and a copy of the picture for each.
    too_many: bool,
    /// So large that the square of their width, times their place, does not fit 31 bits.
    too_large: bool,
}

impl Marks {
    fn of(picture: &Picture, ink: Ink) -> Self {
        let white_after: u8 = if matches!(ink, Ink::Light) { 0 } else { 255 };
        let is_black = |grey: u8| match ink {
            Ink::Adaptive | Ink::Dark => grey < 128,
            Ink::Light => grey >= 128,
        };
        let place = 4.0 * picture.width.max(picture.height) as f64;
        let (mut count, mut large) = (0.0, 0.0);
        for y in 0..picture.height {
            let mut runs = [0_usize; 5];
            let mut last = false;
            for &grey in picture.row(y).iter().chain(&[white_after]) {
                let black = is_black(grey);
                if black != last {
                    if last && looks_like_mark(&runs) {
                        let width = runs.iter().sum::<usize>() as f64;
                        count += 7.0 / (3.0 * width);
                        if width * width * place > f64::from(i32::MAX) {
                            large += 7.0 / (3.0 * width);
                        }
                    }
                    runs.rotate_left(1);
                    runs[4] = 0;
                    last = black;
                }
                runs[4] += 1;
            }
        }
        let pixels = (picture.width * picture.height) as f64;
        let too_many = count * count * count / 64.0 * pixels > COPIED_PIXELS_MAX;
        Self { count, too_many, too_large: large >= 0.7 }
    }
}

/// 1:1:3:1:1, each within three quarters of a module, as `rqrr` allows.
fn looks_like_mark(runs: &[usize; 5]) -> bool {
    let module = (runs[0] + runs[1] + runs[3] + runs[4]) as f64 / 4.0;
    [1.0, 1.0, 3.0, 1.0, 1.0]
        .iter()
        .zip(runs)
        .all(|(modules, &run)| (run as f64 - modules * module).abs() <= 0.75 * module + 0.5)
}
