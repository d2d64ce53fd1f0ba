//! Tests of Alipay+.

mod ams;
mod answers;
mod antom;
mod facade;
mod orders;
mod scans;
mod signature;

#[test]
fn orders_are_offered_and_holds_are_not() {
    let published = crate::alipayplus::profile(crate::tempo::Tempo::Published);
    assert_eq!((published.holds, published.orders), (None, true));
}
