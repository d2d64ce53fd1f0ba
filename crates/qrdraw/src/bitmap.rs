//! Modules as PNG.

use png::{BitDepth, ColorType, Encoder, PixelDimensions, Unit};

use crate::length::{Dpi, PIXELS_MAX, SizeError};

/// A drawn picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Png {
    /// The file: grey, one bit a pixel, with its resolution inside, so that printing at 100 %
    /// gives the size asked for.
    pub bytes: Vec<u8>,
    /// Pixels, which are printer dots.
    pub width: u32,
    /// Pixels, which are printer dots.
    pub height: u32,
    /// The width of a module in dots: a whole number, so that all modules are equal.
    pub module_dots: u32,
}

/// Draws `columns` x `rows` modules, each `across` x `down` dots.
pub(crate) fn png(
    (columns, rows): (u32, u32),
    across: u32,
    down: u32,
    dpi: Dpi,
    is_dark: impl Fn(u32, u32) -> bool,
) -> Result<Png, SizeError> {
    let side = |modules: u32, dots: u32| u64::from(modules) * u64::from(dots);
    let pixels = side(columns, across).saturating_mul(side(rows, down));
    let too_large = SizeError::TooLarge { pixels };
    let (Ok(width), Ok(height)) =
        (u32::try_from(side(columns, across)), u32::try_from(side(rows, down)))
    else {
        return Err(too_large);
    };
    if pixels > PIXELS_MAX {
        return Err(too_large);
    }

    let line_bytes = width.div_ceil(8) as usize;
    let mut data = Vec::with_capacity(line_bytes * height as usize);
    for y in 0..rows {
        let mut line = vec![0xff_u8; line_bytes]; // a set bit is white
        for x in (0..columns).filter(|&x| is_dark(x, y)) {
            for dot in x * across..(x + 1) * across {
                line[(dot / 8) as usize] &= !(0x80 >> (dot % 8));
            }
        }
        for _ in 0..down {
            data.extend_from_slice(&line);
        }
    }
    Ok(Png { bytes: encode(width, height, dpi, &data), width, height, module_dots: across })
}

fn encode(width: u32, height: u32, dpi: Dpi, data: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Grayscale);
    encoder.set_depth(BitDepth::One);
    let per_metre = dpi.per_metre();
    encoder.set_pixel_dims(Some(PixelDimensions {
        xppu: per_metre,
        yppu: per_metre,
        unit: Unit::Meter,
    }));
    // Memory does not fail to be written, and the sizes are ours.
    let mut writer = encoder.write_header().expect("a header with a size above zero");
    writer.write_image_data(data).expect("as many lines as the header says");
    writer.finish().expect("all lines were written");
    bytes
}
