//! What several tests share.
#![allow(dead_code)] // each test takes a part

use qrdraw::read::{self, Scanned};
use qrdraw::{Dpi, Length, SizeError};
use resvg::{tiny_skia, usvg};

pub const DPIS: [Dpi; 2] = [Dpi::DPI_203, Dpi::DPI_300];

/// A published or constructed payload that a payment reader must read.
pub struct Payload {
    pub id: String,
    pub text: String,
}

/// `tests/data/payloads.json`: id, source, payload.
pub fn payloads() -> Vec<Payload> {
    let list: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../data/payloads.json")).unwrap();
    let string = |v: &serde_json::Value, key: &str| v[key].as_str().unwrap().to_owned();
    list.iter().map(|v| Payload { id: string(v, "id"), text: string(v, "payload") }).collect()
}

/// The payloads that are digits only: what a payer shows to a till.
pub fn digit_payloads() -> Vec<Payload> {
    let digits = |p: &Payload| p.text.bytes().all(|b| b.is_ascii_digit());
    payloads().into_iter().filter(digits).collect()
}

/// An SVG as pixels, by its size in millimetres. Text is left out: it needs fonts.
pub fn pixels(svg: &str, dpi: Dpi) -> tiny_skia::Pixmap {
    let options = usvg::Options { dpi: dpi.get() as f32, ..Default::default() };
    let tree = usvg::Tree::from_str(svg, &options).unwrap();
    let size = tree.size().to_int_size();
    let mut pixmap = tiny_skia::Pixmap::new(size.width(), size.height()).unwrap();
    resvg::render(&tree, tiny_skia::Transform::default(), &mut pixmap.as_mut());
    pixmap
}

/// The same as a PNG file.
pub fn rasterised(svg: &str, dpi: Dpi) -> Vec<u8> {
    pixels(svg, dpi).encode_png().unwrap()
}

/// The text of the one code in a picture.
#[track_caller]
pub fn read_one(png: &[u8]) -> Scanned {
    let mut found = read::png(png).unwrap();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

/// The least width at which something can be drawn, as its own error names it.
#[track_caller]
pub fn least<T: std::fmt::Debug>(draw: impl Fn(Length) -> Result<T, SizeError>) -> Length {
    match draw(Length::um(1)) {
        Err(SizeError::TooSmall { needed, .. }) => needed,
        other => panic!("{other:?}"),
    }
}

/// An 8-bit grey picture as a PNG file.
pub fn grey_png(width: u32, height: u32, pixels: &[u8]) -> Vec<u8> {
    encoded(width, height, png::ColorType::Grayscale, png::BitDepth::Eight, pixels)
}

/// Any picture as a PNG file.
pub fn encoded(
    width: u32,
    height: u32,
    color: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(depth);
    if color == png::ColorType::Indexed {
        encoder.set_palette(vec![255, 255, 255, 20, 30, 60, 200, 0, 0]);
        encoder.set_trns(vec![0, 255]);
    }
    encoder.write_header().unwrap().write_image_data(data).unwrap();
    bytes
}

/// A grey canvas to put drawings on.
pub struct Canvas {
    pub width: usize,
    pub height: usize,
    pub grey: Vec<u8>,
}

impl Canvas {
    pub fn new(width: usize, height: usize) -> Self {
        Self { width, height, grey: vec![255; width * height] }
    }

    /// Draws `size` modules of `dots` pixels from (`left`, `top`).
    pub fn put(
        &mut self,
        (left, top): (usize, usize),
        (columns, rows): (u32, u32),
        (across, down): (usize, usize),
        is_dark: impl Fn(u32, u32) -> bool,
    ) {
        for y in 0..rows as usize * down {
            for x in 0..columns as usize * across {
                let dark = is_dark((x / across) as u32, (y / down) as u32);
                self.grey[(top + y) * self.width + left + x] = if dark { 0 } else { 255 };
            }
        }
    }

    pub fn symbol(&mut self, at: (usize, usize), symbol: &qrdraw::Symbol, dots: usize) {
        let n = symbol.modules_with_margin();
        self.put(at, (n, n), (dots, dots), |x, y| symbol.is_dark(x, y));
    }

    pub fn bar_code(&mut self, at: (usize, usize), code: &qrdraw::BarCode, dots: usize) {
        self.put(at, (code.modules_with_margin(), 1), (dots, 40), |x, _| code.is_dark(x));
    }

    pub fn png(&self) -> Vec<u8> {
        grey_png(self.width as u32, self.height as u32, &self.grey)
    }
}
