//! Inputs of megabytes: refused in little time and with little memory, whatever they look like.
//! And the worst that fits the limits.

use std::time::{Duration, Instant};

use allocation_counter::measure;
use emvqr::payment_code::Table;
use emvqr::{cpm, link, mpm, scan, tlv};

use super::entries::sealed;

/// What a reader may take for an input of any size. Most take microseconds; the figure has room
/// for the one that looks at all bytes first, on a machine that is busy with other work.
const TIME_MAX: Duration = Duration::from_millis(250);

/// What a reader may allocate for an input over the limits: a refusal.
const REFUSAL_BYTES_MAX: u64 = 4096;

/// What a reader may allocate for an input within the limits, in all and not only at a time.
/// `mpm::read_as` stands for ten calls here.
const WITHIN_BYTES_MAX: u64 = 2 << 20;

const MEGABYTE: usize = 1 << 20;

/// Beginnings, and what is repeated behind them.
const SHAPES: [(&str, &str); 17] = [
    ("", "A"),
    ("", "0"),
    ("9000818188", "9"),
    ("0002", "0"),
    ("000201", "5303392"),
    ("000201", "0000"),
    ("000201", "26040000"),
    ("000201", "2699"),
    ("000201", "さくら食堂"),
    ("hQVDUFYwMQ", "A"),
    ("hQVKUFFSMQ", "YQBhAGEA"),
    ("https://qr.alipay.com/", "a"),
    ("https://", "a.b"),
    ("upi://pay?pa=a@b&", "am=1&"),
    ("upi://pay?", "%61"),
    ("\r\n0002", " "),
    ("|", " "),
];

/// Makes something of an input and throws it away.
type Reader = fn(&str);

/// Every reader, with what it makes of the input thrown away.
const READERS: [(&str, Reader); 11] = [
    ("mpm::read", |text| {
        let _ = mpm::read(text);
    }),
    ("mpm::read_bytes", |text| {
        let _ = mpm::read_bytes(text.as_bytes());
    }),
    ("mpm::read_as", |text| {
        for profile in mpm::Profile::ALL {
            let _ = mpm::read_as(text, *profile);
        }
    }),
    ("mpm::jpqr::read", |text| {
        let _ = mpm::jpqr::read(text);
    }),
    ("cpm::read", |text| {
        let _ = cpm::read(text);
    }),
    ("cpm::read_bytes", |text| {
        let _ = cpm::read_bytes(text.as_bytes());
    }),
    ("cpm::looks_like", |text| {
        let _ = cpm::looks_like(text);
    }),
    ("link::read", |text| {
        let _ = link::read(text);
    }),
    ("link::wallet_of", |text| {
        let _ = (link::wallet_of(text), link::has_scheme(text));
    }),
    ("Table::route", |text| {
        TABLE.with(|table| {
            let _ = table.route(text);
        });
    }),
    ("scan::read", |text| {
        TABLE.with(|table| {
            let _ = scan::read(text, table);
        });
    }),
];

thread_local! {
    static TABLE: Table = Table::builtin();
}

/// The first time that is good enough, or the best of twenty: what is slow is slow each time,
/// and what only waited for other work on this machine is not.
fn time(reader: Reader, text: &str) -> Duration {
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        reader(text);
        best = best.min(start.elapsed());
        if best < TIME_MAX {
            break;
        }
    }
    best
}

#[test]
fn megabytes() {
    TABLE.with(|_| ());
    for megabytes in [1, 4, 16] {
        for (start, repeated) in SHAPES {
            let count = megabytes * MEGABYTE / repeated.len();
            let text = format!("{start}{}", repeated.repeat(count));
            check(&text, REFUSAL_BYTES_MAX, &format!("{megabytes} MB of {start}{repeated}"));
        }
        let valid = sealed("000201260400005204581253033925802JP5901A6001B");
        let text = valid.repeat(megabytes * MEGABYTE / valid.len());
        check(&text, REFUSAL_BYTES_MAX, &format!("{megabytes} MB of codes"));
    }
}

/// Only a scanner's line ends are dropped; more of them are a text that is too long.
#[test]
fn a_megabyte_of_line_ends() {
    TABLE.with(|_| ());
    let ends = "\n".repeat(MEGABYTE);
    for text in [format!("{ends}0002"), format!("|{ends}"), ends] {
        check(&text, REFUSAL_BYTES_MAX, "1 MB of line ends");
    }
}

#[test]
fn bytes_that_are_no_text() {
    let bytes = vec![0xFF; 16 * MEGABYTE];
    let mut text = "A".repeat(16 * MEGABYTE).into_bytes();
    text.push(0xFF);
    for bytes in [bytes, text] {
        for refused in
            [|bytes| mpm::read_bytes(bytes).is_err(), |bytes| cpm::read_bytes(bytes).is_err()]
        {
            let used = measure(|| assert!(refused(&bytes)));
            assert!(used.bytes_total <= REFUSAL_BYTES_MAX, "{used:?}");
        }
    }
}

/// What is just short enough to be looked at, made to break as many rules as can be.
#[test]
fn the_worst_within_the_limits() {
    TABLE.with(|_| ());
    let filled = |start: &str, repeated: &str, bytes: usize| {
        let count = (bytes - start.len()) / repeated.len();
        format!("{start}{}", repeated.repeat(count))
    };
    for (start, repeated) in SHAPES {
        let text = filled(start, repeated, mpm::PAYLOAD_CHARACTERS_MAX);
        check(&text, WITHIN_BYTES_MAX, &text[..40.min(start.len() + repeated.len())]);
        let text = sealed(&filled(start, repeated, mpm::PAYLOAD_CHARACTERS_MAX - 8));
        check(&text, WITHIN_BYTES_MAX, &format!("{start}{repeated}, sealed"));
    }
    // Accounts and templates by the hundred, known owners and none, empty and nested.
    let nested = (0..23).fold(String::new(), |inner, _| format!("00{:02}{inner}", inner.len()));
    let nested = format!("{:02}{nested}", nested.len());
    for tag in 2..=99 {
        for value in ["0019jp.or.paymentsjapan", "0016A000000677010111", "0000", "", &nested[2..]] {
            let object = format!("{tag:02}{:02}{value}", value.len());
            let text = sealed(&filled("000201", &object, mpm::PAYLOAD_CHARACTERS_MAX - 8));
            check(&text, WITHIN_BYTES_MAX, &object);
        }
    }
}

#[test]
fn templates_as_deep_as_they_go() {
    // Each level takes four characters of at most 99.
    let value = (0..24).fold(String::new(), |inner, _| format!("62{:02}{inner}", inner.len()));
    let text = format!("62{:02}{value}", value.len());
    let mut template = tlv::split(&text, tlv::LengthUnit::CodePoint).unwrap();
    let mut depth = 0;
    while let Some(object) = template.objects().next() {
        depth += 1;
        template = object.template().unwrap();
    }
    assert_eq!(depth, 25);
}

fn check(text: &str, bytes_max: u64, what: &str) {
    for (name, reader) in READERS {
        let took = time(reader, text);
        assert!(took < TIME_MAX, "{name} takes {took:?} for {what}");
        let used = measure(|| reader(text)).bytes_total;
        assert!(used <= bytes_max, "{name} allocates {used} bytes for {what}");
    }
}
