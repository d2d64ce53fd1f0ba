//! The bar code of paper bills.

use emvqr::mpm::promptpay::bill_barcode::{self, BarcodeError, BillBarcode};
use proptest::prelude::*;

#[test]
fn bar_codes() {
    let text = "|099999999999990\r111222333444\r\r0";
    let bill = BillBarcode {
        biller_id: "099999999999990",
        reference1: "111222333444",
        reference2: None,
        amount_satang: None,
    };
    assert_eq!(bill_barcode::read(text), Ok(bill));
    assert_eq!(bill_barcode::read(&format!("{text}\r\n")), Ok(bill));
    assert_eq!(bill.build().as_deref(), Ok(text));
    assert_eq!(bill.bill().reference1, Some("111222333444"));
    assert_eq!(bill.bill().biller_id, "099999999999990");

    for (text, error) in [
        ("", BarcodeError::Start),
        ("099999999999990\r1\r\r0", BarcodeError::Start),
        ("|", BarcodeError::Fields),
        ("|099999999999990\r1\r0", BarcodeError::Fields),
        ("|099999999999990\r1\r\r0\r1", BarcodeError::Fields),
        ("|099999999999990 1 2 0", BarcodeError::Fields),
        ("|099999999999\r1\r\r0", BarcodeError::BillerId),
        ("|0999999999999900\r1\r\r0", BarcodeError::BillerId),
        ("|09999999999999X\r1\r\r0", BarcodeError::BillerId),
        ("|099999999999990\r\r\r0", BarcodeError::Reference { number: 1 }),
        ("|099999999999990\rก\r\r0", BarcodeError::Reference { number: 1 }),
        ("|099999999999990\r1\r123456789012345678901\r0", BarcodeError::Reference { number: 2 }),
        ("|099999999999990\r1\r2\r12.50", BarcodeError::Amount),
        ("|099999999999990\r1\r2\r+5", BarcodeError::Amount),
        ("|099999999999990\r1\r2\r99999999999999999999", BarcodeError::Amount),
    ] {
        assert_eq!(bill_barcode::read(text), Err(error), "{text:?}");
    }
    let free = BillBarcode { amount_satang: Some(0), ..bill };
    assert_eq!(free.build(), Err(BarcodeError::Amount));
    let split = BillBarcode { reference1: "1\r2", ..bill };
    assert_eq!(split.build(), Err(BarcodeError::Reference { number: 1 }));
}

proptest! {
    #[test]
    fn bar_codes_read_back(
        biller_id in "[0-9]{13,15}",
        reference1 in "[ -~]{1,20}",
        reference2 in prop::option::of("[ -~]{1,20}"),
        amount_satang in prop::option::of(1..=u64::MAX),
        noise in ".{0,80}",
    ) {
        let reference2 = reference2.as_deref();
        let bill = BillBarcode { biller_id: &biller_id, reference1: &reference1, reference2, amount_satang };
        let text = bill.build().unwrap();
        prop_assert_eq!(bill_barcode::read(&text), Ok(bill));
        let _ = bill_barcode::read(&noise);
        if let Ok(read) = bill_barcode::read(&format!("|{noise}")) {
            prop_assert!(read.build().is_ok());
        }
    }
}
