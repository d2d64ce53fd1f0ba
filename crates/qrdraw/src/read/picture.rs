//! PNG to grey pixels.

use std::io::Cursor;

use png::{ColorType, Decoder, Limits, Transformations};

use super::{Area, BYTES_MAX, ReadError};
use crate::length::PIXELS_MAX;

/// A picture in grey: 0 black, 255 white.
#[derive(Clone)]
pub(super) struct Picture {
    pub width: usize,
    pub height: usize,
    pub grey: Vec<u8>,
}

impl Picture {
    pub fn row(&self, y: usize) -> &[u8] {
        &self.grey[y * self.width..][..self.width]
    }

    pub fn at(&self, x: usize, y: usize) -> u8 {
        self.grey[y * self.width + x]
    }

    /// Every `by` x `by` pixels as one, their mean. What is left over at the far edges is cut.
    pub fn shrunk(&self, by: u32) -> Self {
        let by = by as usize;
        let (width, height) = (self.width / by, self.height / by);
        let mut grey = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let sum: u32 = (y * by..(y + 1) * by)
                    .flat_map(|y| &self.row(y)[x * by..(x + 1) * by])
                    .map(|&grey| u32::from(grey))
                    .sum();
                grey.push((sum / (by * by) as u32) as u8);
            }
        }
        Self { width, height, grey }
    }

    /// Paints over an area inside of the picture.
    pub fn cover(&mut self, area: Area, paper: u8) {
        let [left, top, width, height] =
            [area.left, area.top, area.width, area.height].map(|at| at as usize);
        for row in self.grey.chunks_exact_mut(self.width).skip(top).take(height) {
            row[left..left + width].fill(paper);
        }
    }
}

pub(super) fn decode(bytes: &[u8]) -> Result<Picture, ReadError> {
    if bytes.len() > BYTES_MAX {
        return Err(ReadError::FileTooLarge { bytes: bytes.len() });
    }
    // The library's own buffers: lines and chunks that we do not use.
    let limits = Limits { bytes: 4 * BYTES_MAX };
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), limits);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);

    let header = decoder.read_header_info().map_err(ReadError::NotPng)?;
    let (width, height) = (header.width, header.height);
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(ReadError::PictureTooLarge { width, height });
    }

    let mut reader = decoder.read_info().map_err(ReadError::NotPng)?;
    // At most PIXELS_MAX times 4 bytes.
    let size =
        reader.output_buffer_size().ok_or(ReadError::NotPng(png::DecodingError::LimitsExceeded))?;
    let mut data = vec![0; size];
    let frame = reader.next_frame(&mut data).map_err(ReadError::NotPng)?;
    let (width, height) = (frame.width as usize, frame.height as usize);

    let grey: Vec<u8> = match frame.color_type {
        ColorType::Grayscale => data,
        ColorType::GrayscaleAlpha => data.chunks_exact(2).map(|p| on_white(p[0], p[1])).collect(),
        ColorType::Rgb => data.chunks_exact(3).map(luma).collect(),
        ColorType::Rgba => data.chunks_exact(4).map(|p| on_white(luma(p), p[3])).collect(),
        // Expanded to one of the others: that is what was asked for above.
        ColorType::Indexed => return Err(ReadError::NotPng(png::DecodingError::LimitsExceeded)),
    };
    // A frame of an animation may be smaller than its canvas.
    let mut grey = grey;
    grey.resize(width * height, 255);
    Ok(Picture { width, height, grey })
}

/// The brightness of red, green, blue (ITU-R BT.601).
fn luma(rgb: &[u8]) -> u8 {
    let [r, g, b] = [rgb[0], rgb[1], rgb[2]].map(u32::from);
    ((299 * r + 587 * g + 114 * b + 500) / 1000) as u8
}

/// A pixel of this opacity on white paper.
fn on_white(grey: u8, alpha: u8) -> u8 {
    let (grey, alpha) = (u32::from(grey), u32::from(alpha));
    ((grey * alpha + 255 * (255 - alpha) + 127) / 255) as u8
}
