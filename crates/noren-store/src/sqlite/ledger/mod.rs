//! The ledger as people read it, and the proof that it is whole. Reads the file only; runs beside
//! a writer.

mod proof;
mod statement;

pub use proof::{Check, FAULTS_SHOWN, prove};
pub use statement::{AccountTotal, Statement, StatementLine, StatementPart};
