//! Reading allocates nothing: a till may read any number of codes without growing. Counted by
//! an allocator that is in this test's program only.

mod support;

use std::hint::black_box;

use allocation_counter::measure;
use emvqr::mpm::{self, Mpm, Network, Profile};
use emvqr::payment_code::Table;
use emvqr::{cpm, link, scan, tlv};

use support::vectors::{text, vectors};

/// Files with merchant-presented codes, and the profile that their codes follow.
const FILES: [(&str, Option<Profile>); 12] = [
    (include_str!("vectors/emv-mpm.json"), None),
    (include_str!("vectors/other.json"), None),
    (include_str!("vectors/jpqr.json"), Some(Profile::Jpqr)),
    (include_str!("vectors/sgqr.json"), Some(Profile::Sgqr)),
    (include_str!("vectors/khqr.json"), Some(Profile::Khqr)),
    (include_str!("vectors/qris.json"), Some(Profile::Qris)),
    (include_str!("vectors/duitnow.json"), Some(Profile::DuitNow)),
    (include_str!("vectors/promptpay.json"), Some(Profile::PromptPay)),
    (include_str!("vectors/bharatqr.json"), Some(Profile::BharatQr)),
    (include_str!("vectors/vietqr.json"), Some(Profile::VietQr)),
    (include_str!("vectors/qrph.json"), Some(Profile::QrPh)),
    (include_str!("vectors/hkfps.json"), Some(Profile::HkFps)),
];

/// More findings, or more objects at the root, are kept on the heap.
const FINDINGS_MAX: usize = 8;
const OBJECTS_MAX: usize = 32;

/// Allocations while `work` is done.
fn allocations(work: impl FnOnce()) -> u64 {
    measure(work).count_total
}

/// Looks at everything that a code says, and gives the bytes that were seen.
fn visit(code: &Mpm<'_>) -> usize {
    let inner = |template: tlv::Template<'_>| template.objects().map(|sub| sub.value.len()).sum();
    let objects = code.objects().map(|object| {
        let inside: usize = object.template().map_or(0, inner);
        object.value.len() + inside
    });
    let fields = [
        code.category(),
        code.currency(),
        code.amount(),
        code.country(),
        code.merchant_name(),
        code.city(),
        code.postal_code(),
    ];
    let accounts = code.accounts().map(|account| {
        let guid = account.guid().map_or(0, str::len);
        guid + account.value.len() + account.template.map_or(0, inner)
    });
    objects.sum::<usize>()
        + fields.into_iter().flatten().map(str::len).sum::<usize>()
        + accounts.sum::<usize>()
        + code.accounts_of(Network::Jpqr).count()
        + [code.additional(), code.language()].into_iter().flatten().map(inner).sum::<usize>()
        + code.findings().iter().map(|finding| finding.sentence().len()).sum::<usize>()
}

#[test]
fn of_merchants_codes() {
    let mut read = 0;
    for (json, profile) in FILES {
        for vector in vectors(json).iter().filter(|vector| vector["kind"] == "mpm") {
            let payload = text(vector, "payload");
            let Ok(code) = mpm::read(payload) else {
                continue;
            };
            let short =
                code.findings().len() <= FINDINGS_MAX && code.objects().len() <= OBJECTS_MAX;
            assert!(short, "{}: the vectors have ordinary codes only", vector["id"]);
            read += 1;
            let count = allocations(|| {
                let code = mpm::read_bytes(black_box(payload.as_bytes())).unwrap();
                black_box(visit(&code));
            });
            assert_eq!(count, 0, "{}", vector["id"]);
            let Some(profile) = profile.filter(|profile| mpm::read_as(payload, *profile).is_ok())
            else {
                continue;
            };
            let count = allocations(|| {
                black_box(mpm::read_as(black_box(payload), profile).is_ok());
            });
            assert_eq!(count, 0, "{}, {profile:?}", vector["id"]);
        }
    }
    assert_eq!(read, 101);
}

#[test]
fn of_jpqr_codes_with_types() {
    let mut read = 0;
    for vector in vectors(include_str!("vectors/jpqr.json")) {
        let payload = text(&vector, "payload");
        if mpm::jpqr::read(payload).is_err() {
            continue;
        }
        read += 1;
        let count = allocations(|| {
            let code = mpm::jpqr::read(black_box(payload)).unwrap();
            black_box((code.id.as_str().len(), code.amount_yen, code.name_ja, code.reference));
        });
        assert_eq!(count, 0, "{}", vector["id"]);
    }
    assert_eq!(read, 8);
}

#[test]
fn of_payers_codes() {
    let files = [include_str!("vectors/emv-cpm.json"), include_str!("vectors/jpqr-cpm.json")];
    let mut read = 0;
    for vector in files.into_iter().flat_map(vectors) {
        let payload = text(&vector, "payload");
        if cpm::read(payload).is_err() {
            continue;
        }
        read += 1;
        let count = allocations(|| {
            let code = cpm::read_bytes(black_box(payload.as_bytes())).unwrap();
            match code.content() {
                cpm::Content::Emv(emv) => {
                    for application in emv.applications() {
                        black_box((application.label(), application.track2(), application.pan()));
                    }
                }
                cpm::Content::Jpqr(jpqr) => {
                    black_box(jpqr);
                }
            }
        });
        assert_eq!(count, 0, "{}", vector["id"]);
    }
    assert_eq!(read, 6);
}

#[test]
fn of_links_and_digits_and_whatever_is_scanned() {
    let table = Table::builtin();
    for (json, count) in [
        (include_str!("vectors/url.json"), 10),
        (include_str!("vectors/payment-code.json"), 12),
        (include_str!("vectors/sgqr.json"), 8),
        (include_str!("vectors/emv-cpm.json"), 4),
    ] {
        let mut vectors = vectors(json);
        vectors.retain(|vector| vector["verdict"] == "accept");
        assert_eq!(vectors.len(), count);
        for vector in vectors {
            let payload = text(&vector, "payload");
            let scanned = allocations(|| {
                black_box(scan::read(black_box(payload), &table).findings().len());
            });
            assert_eq!(scanned, 0, "{}", vector["id"]);
            if vector["kind"] == "uri" {
                let read = allocations(|| {
                    black_box(link::read(black_box(payload)).is_ok());
                });
                assert_eq!(read, 0, "{}", vector["id"]);
            }
        }
    }
}

#[test]
fn of_a_refusal_is_its_list() {
    for refused in ["", "000201", "0002016304FFFF", "さくら", "https://example.com/"] {
        let count = allocations(|| {
            black_box(mpm::read(black_box(refused)).is_err());
        });
        assert_eq!(count, 1, "{refused}");
    }
}

/// What is said of ordinary codes ends somewhere, and the counter sees it.
#[test]
fn of_more_findings_than_usual() {
    let mut draft = support::Draft::emv();
    for reserved in 65..65 + FINDINGS_MAX {
        draft.edit(&format!("+{reserved}=x"));
    }
    for (spills, findings) in [(false, FINDINGS_MAX), (true, FINDINGS_MAX + 1)] {
        let payload = draft.text();
        assert_eq!(mpm::read(&payload).unwrap().findings().len(), findings);
        let counted = allocations(|| {
            black_box(mpm::read(black_box(&payload)).is_ok());
        });
        assert_eq!(counted > 0, spills, "{findings} findings");
        draft.edit("+79=x");
    }
}
