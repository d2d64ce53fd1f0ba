//! Codes that a payer shows.

mod build;
mod properties;
mod rules;
mod tree;
mod vectors;

use emvqr::cpm::{Content, Cpm, Emv, Jpqr};

fn emv<'c>(code: &'c Cpm<'_>) -> Emv<'c> {
    match code.content() {
        Content::Emv(emv) => emv,
        Content::Jpqr(_) => panic!("not of EMVCo's form"),
    }
}

fn jpqr<'c>(code: &'c Cpm<'_>) -> Jpqr<'c> {
    match code.content() {
        Content::Jpqr(jpqr) => jpqr,
        Content::Emv(_) => panic!("not of the JPQR form"),
    }
}
