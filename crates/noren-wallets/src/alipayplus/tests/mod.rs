//! Tests of Alipay+.

mod answers;
mod signature;

#[test]
fn a_profile_without_holds_reads_as_before() {
    let published = crate::alipayplus::profile(crate::tempo::Tempo::Published);
    assert_eq!((published.holds, published.orders), (None, false));
}
