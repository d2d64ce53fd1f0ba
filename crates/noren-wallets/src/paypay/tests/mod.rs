//! Tests of PayPay.

mod codes;
mod signature;
