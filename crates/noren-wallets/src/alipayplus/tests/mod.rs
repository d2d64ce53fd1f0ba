//! Tests of Alipay+.

mod answers;
mod signature;
