//! Reading pictures: good ones, several codes in one, and all that is wrong with others.

mod support;

use std::time::{Duration, Instant};

use proptest::prelude::*;
use qrdraw::read::{self, Content, Kind, ReadError};
use qrdraw::{BarCode, Dpi, Length, Level, Symbol};
use support::{Canvas, encoded, grey_png, read_one};

fn symbol(text: &str) -> Symbol {
    Symbol::new(text, Level::M).unwrap()
}

fn texts(png: &[u8]) -> Vec<String> {
    let found = read::png(png).unwrap();
    found.iter().map(|s| s.text().unwrap().to_owned()).collect()
}

/// A symbol on white, 4 pixels a module.
fn canvas(text: &str) -> Canvas {
    let symbol = symbol(text);
    let side = symbol.modules_with_margin() as usize * 4;
    let mut canvas = Canvas::new(side, side);
    canvas.symbol((0, 0), &symbol, 4);
    canvas
}

#[test]
fn all_colour_types_are_read() {
    use png::BitDepth::{Eight, One, Sixteen};
    use png::ColorType::{Grayscale, GrayscaleAlpha, Indexed, Rgb, Rgba};
    let canvas = canvas("さくら食堂");
    let (w, h) = (canvas.width as u32, canvas.height as u32);
    // Dark is dark blue, and light is what each kind can say: white, or nothing at all.
    let each = |dark: &[u8], light: &[u8]| -> Vec<u8> {
        canvas.grey.iter().flat_map(|&g| if g == 0 { dark } else { light }.to_vec()).collect()
    };
    let bits = |dark_is_set: bool| -> Vec<u8> {
        let line = |row: &[u8]| {
            row.chunks(8)
                .map(|c| {
                    c.iter()
                        .enumerate()
                        .fold(0, |b, (i, &g)| b | u8::from((g == 0) == dark_is_set) << (7 - i))
                })
                .collect::<Vec<u8>>()
        };
        canvas.grey.chunks(w as usize).flat_map(line).collect()
    };
    let files = [
        encoded(w, h, Grayscale, Eight, &each(&[30], &[250])),
        encoded(w, h, Grayscale, Sixteen, &each(&[30, 7], &[250, 7])),
        encoded(w, h, Grayscale, One, &bits(false)),
        encoded(w, h, GrayscaleAlpha, Eight, &each(&[0, 255], &[0, 0])),
        encoded(w, h, Rgb, Eight, &each(&[20, 30, 60], &[255, 250, 230])),
        encoded(w, h, Rgba, Eight, &each(&[20, 30, 60, 255], &[0, 0, 0, 0])),
        encoded(w, h, Indexed, One, &bits(true)), // colour 0 is transparent
        encoded(w, h, Indexed, Eight, &each(&[1], &[0])),
    ];
    for (i, file) in files.iter().enumerate() {
        assert_eq!(read_one(file).text(), Some("さくら食堂"), "{i}");
    }
}

#[test]
fn light_on_dark_turned_and_unevenly_lit_codes_are_read() {
    let text = "https://qr.paypay.ne.jp/AAAAAAAAAAAAAAAA";
    let upright = canvas(text);
    let side = upright.width;
    let png = |f: &dyn Fn(usize, usize) -> u8| {
        let pixels: Vec<u8> = (0..side * side).map(|i| f(i % side, i / side)).collect();
        grey_png(side as u32, side as u32, &pixels)
    };
    let at = |x: usize, y: usize| upright.grey[y * side + x];
    assert_eq!(texts(&png(&|x, y| 255 - at(x, y))), [text], "light on dark");
    assert_eq!(texts(&png(&|x, y| at(y, side - 1 - x))), [text], "quarter turn");
    assert_eq!(texts(&png(&|x, y| at(side - 1 - x, side - 1 - y))), [text], "half turn");
    let lit = |x, y| (u32::from(at(x, y)) * (100 + 155 * x as u32 / side as u32) / 255) as u8;
    assert_eq!(texts(&png(&lit)), [text], "a shadow to the left");
}

#[test]
fn several_codes_come_in_reading_order_with_their_places() {
    let mut canvas = Canvas::new(900, 700);
    canvas.symbol((500, 20), &symbol("second"), 4);
    canvas.symbol((30, 40), &symbol("first"), 5);
    canvas.symbol((300, 430), &symbol("fourth"), 6);
    let bars = BarCode::new("900081818895579920128799").unwrap();
    canvas.bar_code((60, 300), &bars, 3);
    let found = read::png(&canvas.png()).unwrap();
    let texts: Vec<_> = found.iter().map(|s| s.text().unwrap()).collect();
    assert_eq!(texts, ["first", "second", "900081818895579920128799", "fourth"]);
    let near = |a: u32, b: u32| a.abs_diff(b) <= 6;
    let area = found[0].area;
    assert!(near(area.left, 30 + 20) && near(area.top, 40 + 20), "{area:?}");
    assert!(near(area.width, 21 * 5) && near(area.height, 21 * 5), "{area:?}");
    assert_eq!((found[2].area.left, found[2].kind), (60 + 30, Kind::Code128));
    assert!(near(found[2].area.top, 300) && near(found[2].area.height, 40));
}

#[test]
fn equal_codes_in_two_places_are_two() {
    let mut canvas = Canvas::new(700, 400);
    canvas.symbol((10, 10), &symbol("same"), 4);
    canvas.symbol((400, 10), &symbol("same"), 4);
    let bars = BarCode::new("1234").unwrap();
    canvas.bar_code((10, 200), &bars, 2);
    canvas.bar_code((10, 300), &bars, 2);
    assert_eq!(texts(&canvas.png()), ["same", "same", "1234", "1234"]);
}

#[test]
fn bytes_that_are_not_utf_8_come_as_bytes() {
    let bytes = [0x82, 0xb3, 0x82, 0xad, 0x82, 0xe7]; // さくら in Shift_JIS
    let code = qrcodegen::QrCode::encode_binary(&bytes, qrcodegen::QrCodeEcc::Medium).unwrap();
    let n = code.size() as u32;
    let mut canvas = Canvas::new(200, 200);
    canvas.put((30, 30), (n, n), (4, 4), |x, y| code.get_module(x as i32, y as i32));
    let found = read_one(&canvas.png());
    assert_eq!(found.content, Content::Bytes(bytes.to_vec()));
    assert_eq!(found.text(), None);
}

#[test]
fn a_picture_without_a_code_says_what_to_try() {
    for (w, h, grey) in [(1, 1, 0), (1, 1, 255), (1, 500, 9), (500, 1, 200), (64, 64, 128)] {
        let error = read::png(&grey_png(w, h, &vec![grey; (w * h) as usize])).unwrap_err();
        assert!(matches!(error, ReadError::Nothing), "{error}");
        assert!(error.to_string().contains("white margin"));
    }
}

#[test]
fn a_symbol_that_is_mostly_covered_is_damaged_not_absent() {
    let mut canvas = canvas("https://qr.paypay.ne.jp/AAAAAAAAAAAAAAAA");
    for y in 60..canvas.height - 60 {
        let row = y * canvas.width;
        canvas.grey[row + 64..row + canvas.width - 20].fill(0);
    }
    assert!(matches!(read::png(&canvas.png()), Err(ReadError::Damaged)));
}

#[test]
fn files_that_are_no_png_are_refused() {
    for bytes in [&b""[..], b"\xff\xd8\xff\xe0JFIF", b"<svg/>", b"\x89PNG\r\n\x1a\n"] {
        assert!(matches!(read::png(bytes), Err(ReadError::NotPng(_))));
    }
    let file = canvas("a").png();
    assert!(matches!(read::png(&file[..file.len() / 2]), Err(ReadError::NotPng(_))));
    let error = read::png(&vec![0; read::BYTES_MAX + 1]).unwrap_err();
    assert!(matches!(error, ReadError::FileTooLarge { .. }));
}

/// A file of a few bytes whose header claims this size.
fn claims(width: u32, height: u32) -> Vec<u8> {
    let mut file = grey_png(1, 1, &[0]);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

/// PNG's checksum, the plain way.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

#[test]
fn a_decompression_bomb_is_refused_from_its_header() {
    for (width, height) in
        [(50_000, 50_000), (u32::MAX >> 1, 1), (1 << 16, 1 << 16), (6_400, 6_251)]
    {
        let started = Instant::now();
        match read::png(&claims(width, height)) {
            Err(ReadError::PictureTooLarge { width: w, height: h }) => {
                assert_eq!((w, h), (width, height));
            }
            other => panic!("{other:?}"),
        }
        assert!(started.elapsed() < Duration::from_millis(200));
    }
    // The largest allowed is only a damaged file.
    assert!(matches!(read::png(&claims(6_400, 6_250)), Err(ReadError::NotPng(_))));
}

#[test]
fn a_sheet_of_finder_patterns_is_refused_in_good_time() {
    let mut canvas = Canvas::new(1600, 1600);
    for at in (0..100 * 100).map(|i| (i % 100 * 16, i / 100 * 16)) {
        canvas.put(at, (7, 7), (2, 2), |x, y| {
            let ring = x.abs_diff(3).max(y.abs_diff(3));
            ring != 2
        });
    }
    let started = Instant::now();
    assert!(matches!(read::png(&canvas.png()), Err(ReadError::TooBusy)));
    assert!(started.elapsed() < Duration::from_secs(2));
}

/// As large as a picture may be: some 1,960 bar codes in each line of pixels, and no line like
/// those near it, so that no code is ever confirmed.
///
/// In black the search for QR symbols may refuse it first, for what looks like corner marks. It
/// sees no mark in pale bars, which are above its middle grey: those are refused as bar codes.
#[test]
fn lines_full_of_bar_codes_that_all_differ_are_refused_in_good_time() {
    const QUIET: u32 = 5;
    const BLACK: u8 = 0b00;
    const PALE: u8 = 0b10;
    const WHITE: u8 = 0b11;
    let (width, height) = (100_000_usize, 400_usize);
    let codes: Vec<_> = (0..100).map(|n| BarCode::new(&format!("{n:02}")).unwrap()).collect();
    for ink in [BLACK, PALE] {
        let mut data = vec![0; width / 4 * height];
        for (y, line) in data.chunks_mut(width / 4).enumerate() {
            let modules = codes.iter().cycle().skip(y % codes.len()).flat_map(|code| {
                (10..code.modules_with_margin() - 10 + QUIET).map(|x| code.is_dark(x))
            });
            let margin = std::iter::repeat_n(false, QUIET as usize);
            for (x, dark) in margin.chain(modules).take(width).enumerate() {
                line[x / 4] |= (if dark { ink } else { WHITE }) << (6 - x % 4 * 2);
            }
        }
        let (w, h) = (width as u32, height as u32);
        let file = encoded(w, h, png::ColorType::Grayscale, png::BitDepth::Two, &data);
        let started = Instant::now();
        let answer = read::png(&file);
        let took = started.elapsed();
        assert!(matches!(answer, Err(ReadError::TooBusy)), "{ink}: {answer:?}");
        assert!(took < Duration::from_secs(10), "{ink}: {took:?}");
    }
}

#[test]
fn a_sheet_of_stickers_is_not_too_busy() {
    let mut canvas = Canvas::new(1200, 900);
    for i in 0..12 {
        canvas.symbol((i % 4 * 290 + 20, i / 4 * 290 + 20), &symbol(&format!("shop {i}")), 8);
    }
    let expected: Vec<_> = (0..12).map(|i| format!("shop {i}")).collect();
    assert_eq!(texts(&canvas.png()), expected);
}

#[test]
fn the_largest_picture_takes_seconds_not_minutes() {
    let png = symbol("a4 at 600 dpi").png(Length::mm(150), Dpi::new(1000).unwrap()).unwrap();
    assert!(u64::from(png.width) * u64::from(png.height) > 30_000_000);
    let started = Instant::now();
    assert_eq!(texts(&png.bytes), ["a4 at 600 dpi"]);
    assert!(started.elapsed() < Duration::from_secs(20));
}

/// One change to a picture or a file.
#[derive(Clone, Debug)]
enum Change {
    Flip(usize, u8),
    Cut(usize),
    Blot(usize, usize, usize, u8),
    Noise(u64, u8),
}

fn change() -> impl Strategy<Value = Change> {
    prop_oneof![
        (any::<usize>(), any::<u8>()).prop_map(|(at, bits)| Change::Flip(at, bits)),
        any::<usize>().prop_map(Change::Cut),
        (any::<usize>(), any::<usize>(), 1_usize..60, any::<u8>())
            .prop_map(|(x, y, size, grey)| Change::Blot(x, y, size, grey)),
        (any::<u64>(), any::<u8>()).prop_map(|(seed, share)| Change::Noise(seed, share)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_file_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read::png(&bytes);
        let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        file.extend(bytes);
        let _ = read::png(&file);
    }

    /// Changes inside of the file are mostly caught by its checksums; those to the pixels are
    /// what the search has to live with. Whatever is read must be what was drawn.
    #[test]
    fn no_change_makes_it_panic_or_lie(changes in prop::collection::vec(change(), 1..5)) {
        const TEXT: &str = "00020101021126680019jp.or.paymentsjapan";
        let mut canvas = canvas(TEXT);
        let (w, h) = (canvas.width, canvas.height);
        for change in &changes {
            match *change {
                Change::Blot(x, y, size, grey) => {
                    for i in 0..size * size {
                        canvas.grey[(y % h + i / size) % h * w + (x % w + i % size) % w] = grey;
                    }
                }
                Change::Noise(mut seed, share) => {
                    for pixel in &mut canvas.grey {
                        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                        if (seed >> 56) as u8 <= share {
                            *pixel = (seed >> 48) as u8;
                        }
                    }
                }
                Change::Flip(..) | Change::Cut(_) => {}
            }
        }
        let mut file = canvas.png();
        for change in changes {
            match change {
                Change::Flip(at, bits) => {
                    let at = at % file.len();
                    file[at] ^= bits;
                }
                Change::Cut(at) => file.truncate(at % file.len() + 1),
                Change::Blot(..) | Change::Noise(..) => {}
            }
        }
        for scanned in read::png(&file).unwrap_or_default() {
            prop_assert_eq!(scanned.text(), Some(TEXT));
        }
    }
}
