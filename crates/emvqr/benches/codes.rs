//! Reading and writing codes, each beside the least that a reader could do with them.
//!
//! `cargo bench -p emvqr --bench codes`. For figures that can be compared across runs use
//! `noren bench qr`, which measures all candidates turn by turn.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use emvqr::mpm::jpqr::{DynamicCode, JpqrId, Merchant};
use emvqr::mpm::{self, Mpm};
use emvqr::{cpm, crc, tlv};
use serde_json::Value;

/// A vector by its name.
fn payload(json: &str, id: &str) -> String {
    let vectors: Vec<Value> = serde_json::from_str(json).expect("the vectors are a JSON array");
    let vector = vectors.iter().find(|vector| vector["id"] == id);
    let payload = vector.and_then(|vector| vector["payload"].as_str());
    payload.expect("the vector is in the file").to_owned()
}

/// Merchants' codes. `jpqr-001` has two foreign accounts and a name in kana, `sgqr-005` is a
/// shared code of 1,015 characters.
fn merchant_codes() -> [(&'static str, String); 3] {
    let jpqr = include_str!("../tests/vectors/jpqr.json");
    let sgqr = include_str!("../tests/vectors/sgqr.json");
    [
        ("jpqr-001", payload(jpqr, "jpqr-001")),
        ("jpqr-009", payload(jpqr, "jpqr-009")),
        ("sgqr-005", payload(sgqr, "sgqr-005")),
    ]
}

/// Whether EMVCo has a template under the tag.
fn is_template(tag: tlv::Tag) -> bool {
    matches!(tag.number(), 26..=51 | 62 | 64 | 80..=99)
}

/// Looks at all objects and all named fields, and gives the bytes that were seen.
fn visit(code: &Mpm<'_>) -> usize {
    let mut seen = 0;
    for object in code.objects() {
        seen += object.value.len();
        if is_template(object.tag)
            && let Ok(template) = object.template()
        {
            seen += template.objects().map(|sub| sub.value.len()).sum::<usize>();
        }
    }
    let fields = [
        code.category(),
        code.currency(),
        code.amount(),
        code.country(),
        code.merchant_name(),
        code.city(),
        code.postal_code(),
    ];
    seen + fields.into_iter().flatten().map(str::len).sum::<usize>() + code.findings().len()
}

fn decode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("decode");
    for (id, payload) in merchant_codes() {
        let bytes = payload.as_bytes();
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.bench_with_input(BenchmarkId::new("floor", id), bytes, |bencher, bytes| {
            bencher.iter(|| {
                let text = core::str::from_utf8(black_box(bytes)).unwrap();
                crc::crc16(text.as_bytes())
            });
        });
        group.bench_with_input(BenchmarkId::new("read", id), bytes, |bencher, bytes| {
            bencher.iter(|| mpm::read_bytes(black_box(bytes)).unwrap());
        });
        group.bench_with_input(BenchmarkId::new("read and visit", id), bytes, |bencher, bytes| {
            bencher.iter(|| visit(&mpm::read_bytes(black_box(bytes)).unwrap()));
        });
    }
    let text = payload(include_str!("../tests/vectors/emv-cpm.json"), "emv-cpm-004");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function(BenchmarkId::new("read", "emv-cpm-004"), |bencher| {
        bencher.iter(|| cpm::read_bytes(black_box(text.as_bytes())).unwrap());
    });
    group.finish();
}

fn encode(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("encode");
    for (id, payload) in merchant_codes() {
        let code = mpm::read(&payload).unwrap();
        group.throughput(Throughput::Bytes(payload.len() as u64));
        group.bench_function(BenchmarkId::new("objects", id), |bencher| {
            bencher.iter(|| black_box(&code).encode());
        });
    }
    let id: JpqrId = "0000000000001-0001-000001-000001".parse().unwrap();
    let merchant = Merchant {
        id: &id,
        mcc: "5812",
        name_latin: "SAKURA SHOKUDO",
        name_ja: "さくら食堂",
        city: "KYOTO",
        postal_code: "6008216",
        accounts: &[],
    };
    let reference = "ORDER-0001";
    let code = DynamicCode { merchant, amount_yen: 1580, reference, store: None, terminal: None };
    group.throughput(Throughput::Elements(1));
    group.bench_function("JPQR, checked", |bencher| {
        bencher.iter(|| black_box(&code).build().unwrap());
    });
    let payment_id = "9000000212345678901234";
    let code = cpm::JpqrCode { operator: "90000002", payment_id, free: "" };
    group.bench_function("payer's JPQR, checked", |bencher| {
        bencher.iter(|| black_box(&code).build().unwrap());
    });
    group.finish();
}

criterion_group!(benches, decode, encode);
criterion_main!(benches);
