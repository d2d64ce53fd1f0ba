//! Any bytes at all, by ordinary tests: the published vectors and what becomes of them when
//! they are damaged with knowledge of their grammar, through every entry function of `fuzz`.
//!
//! Same inputs on every run. For a longer one, or for others:
//! `EMVQR_FUZZ_INPUTS=5000000 EMVQR_FUZZ_SEED=7 cargo test --release -p emvqr --test fuzz`.

mod ber;
mod corpus;
#[path = "../../fuzz/src/lib.rs"]
mod entries;
mod mutate;
mod objects;
mod random;
mod sizes;

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use corpus::Kind;
use entries::{ENTRIES, Entry};
use random::Random;

/// Damaged inputs of one run. Each goes through every entry.
const INPUTS: u64 = 50_000;

/// Calls an entry. When it panics, says with which input, as text to put into a test.
fn call(entry: &(&str, Entry), bytes: &[u8], origin: &str) -> bool {
    let (name, function) = entry;
    catch_unwind(AssertUnwindSafe(|| function(bytes))).unwrap_or_else(|panic| {
        eprintln!("{name}, {origin}, {} bytes:\n{}", bytes.len(), literal(bytes));
        resume_unwind(panic)
    })
}

/// Bytes as Rust writes them: text as a string, other bytes as a byte string.
fn literal(bytes: &[u8]) -> String {
    match core::str::from_utf8(bytes) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("b\"{}\"", bytes.escape_ascii()),
    }
}

fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable} is a number")),
        Err(_) => otherwise,
    }
}

#[test]
fn corpus_through_every_entry() {
    let corpus = corpus::all();
    for item in &corpus {
        for entry in &ENTRIES {
            let read = call(entry, item.payload.as_bytes(), &item.id);
            assert!(!read || item.may_be_read_by(entry.0), "{} as {}", item.id, entry.0);
        }
    }
}

#[test]
fn damaged_corpus_through_every_entry() {
    let corpus = corpus::all();
    let (seed, inputs) = (number("EMVQR_FUZZ_SEED", 1), number("EMVQR_FUZZ_INPUTS", INPUTS));
    let mut read = [0_u64; ENTRIES.len()];
    for index in 0..inputs {
        // One seed for each input, so that a single one can be had again.
        let seed = seed.wrapping_add(index);
        let bytes = mutate::damaged(&corpus, &mut Random::new(seed));
        let origin = format!("EMVQR_FUZZ_SEED={seed} EMVQR_FUZZ_INPUTS=1");
        for (entry, read) in ENTRIES.iter().zip(&mut read) {
            *read += u64::from(call(entry, &bytes, &origin));
        }
    }
    // Inputs that all fail at the first check would show nothing.
    if inputs >= INPUTS {
        for ((name, _), read) in ENTRIES.iter().zip(read) {
            println!("{name}: {read} of {inputs} read as codes");
            assert!(read * 100 > inputs, "{name}: only {read} of {inputs} inputs are codes");
        }
    }
}

#[test]
fn the_input_of_a_failure_can_be_had_again() {
    let corpus = corpus::all();
    let damaged = |seed| mutate::damaged(&corpus, &mut Random::new(seed));
    assert!((0..100).all(|seed| damaged(seed) == damaged(seed)));
    assert!((0..100).any(|seed| damaged(seed) != damaged(seed + 1)));
    assert_eq!(literal("a\"\u{202E}店\n".as_bytes()), "\"a\\\"\\u{202e}店\\n\"");
    assert_eq!(literal(b"a\"\xFF"), "b\"a\\\"\\xff\"");
}

/// Writes the vectors where `cargo xtask soak qr` says, a folder for each target.
#[test]
#[ignore = "a step of `cargo xtask soak qr`"]
fn write_the_corpus() {
    let folder = std::env::var("EMVQR_FUZZ_CORPUS").expect("EMVQR_FUZZ_CORPUS is a folder");
    for (target, _) in ENTRIES {
        let folder = std::path::Path::new(&folder).join(target);
        std::fs::create_dir_all(&folder).expect("a folder for the target");
        for item in corpus::all() {
            if target == "scan" || item.kind == Kind::of(target) {
                std::fs::write(folder.join(&item.id), &item.payload).expect("a file of the corpus");
            }
        }
    }
}
