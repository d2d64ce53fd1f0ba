//! Every rule broken once: which findings that gives, and which of them refuse the code.

use emvqr::cpm::{self, Cpm};
use emvqr::finding::{Finding, Rejected};

use crate::tree::text;

/// Codes of all findings, warnings with a `~` in front, and where the first is.
pub fn findings(read: &Result<Cpm<'_>, Rejected>) -> Vec<String> {
    let findings = match read {
        Ok(code) => code.findings(),
        Err(rejected) => rejected.findings(),
    };
    let refused = findings.iter().any(Finding::is_error);
    assert_eq!(refused, read.is_err(), "refused for errors, and for nothing else");
    let mark = |finding: &Finding| if finding.is_error() { "" } else { "~" };
    let mut codes: Vec<String> =
        findings.iter().map(|finding| format!("{}{}", mark(finding), finding.code())).collect();
    codes.sort();
    codes
}

/// Each line: the findings, `|`, and what is put for what in the code to begin with.
fn check(base: &str, table: &str) {
    assert_eq!(findings(&cpm::read(&text(base))), [""; 0], "the code to begin with");
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (expected, edits) = line.split_once('|').expect("a table line has a bar");
        let mut tree = base.to_owned();
        for edit in edits.split(';') {
            let (old, new) = edit.split_once("->").expect("an edit has an arrow");
            assert!(tree.contains(old.trim()), "{edit}");
            tree = tree.replacen(old.trim(), new.trim(), 1);
        }
        let mut expected: Vec<&str> = expected.split_whitespace().collect();
        expected.sort_unstable();
        let text = text(&tree);
        let read = cpm::read(&text);
        assert_eq!(findings(&read), expected, "{line}");
        if let Ok(code) = read {
            assert_eq!(code.encode(), text, "{line}");
        }
    }
}

pub const ONE: &str = "85'CPV01' 61[ 4F:A0000000555555 50'Product1' 57:1234567890123458D191220112345F \
                   63[ 9F26:584FD385FA234BCC ] ]";
pub const TWO: &str = "85'CPV01' 61[ 4F:A0000000555555 50'Product1' ] 61[ 4F:A0000000666666 50'Product2' ] \
                   62[ 5A:1234567890123458 5F20'CARDHOLDER/EMV' 5F2D'ruesdeen' 64[ 9F36:0001 ] ] C0:01";

#[test]
pub fn rules_of_the_split_and_of_the_format() {
    check(
        ONE,
        "
        tlv:truncated                     | 85'CPV01' -> !85
        tlv:truncated                     | 85'CPV01' -> !8582
        tlv:bad_tag cpm:format_missing    | 85'CPV01' -> !0000
        tlv:truncated cpm:format_missing  | 85'CPV01' -> !61 !82
        tlv:bad_tag                       | 85'CPV01' -> 85'CPV01' !DF8117 !00
        tlv:bad_length                    | 85'CPV01' -> !8580
        tlv:bad_length                    | 85'CPV01' -> !8583000005
                                          | 85'CPV01' -> !8581054350563031
                                          | 85'CPV01' -> !858200054350563031
        cpm:format_missing                | 85'CPV01' ->
        cpm:format_not_first              | 85'CPV01' -> C0:01 85'CPV01'
        cpm:duplicate:85                  | 85'CPV01' -> 85'CPV01' 85'CPV01'
        cpm:version                       | CPV01 -> CPV02
        cpm:version                       | CPV01 -> cpv01
        cpm:version                       | CPV01 -> JPQR2
        cpm:version                       | CPV01 -> HELLO
        cpm:version                       | CPV01 -> CPV0
        cpm:version                       | 85'CPV01' -> 85:
        ",
    );
}

#[test]
pub fn rules_of_one_application() {
    check(
        ONE,
        "
                                          | 50'Product1' ->
                                          | 63[ -> C0:00 5F34:00 63[
                                          | 63[ -> 5F50'tel:+81312345678' 63[
        cpm:application_template_missing  | 61[ -> 7F21[
        ~cpm:aid_missing cpm:application_unusable | 4F:A0000000555555 ->
        ~cpm:aid_length cpm:application_unusable  | 4F:A0000000555555 -> 4F:A0000000
        ~cpm:aid_length cpm:application_unusable  | 4F:A0000000555555 -> 4F:A0000000555555555555555555555555FF
                                          | 4F:A0000000555555 -> 4F:A000000055
                                          | 4F:A0000000555555 -> 4F:A0000000555555555555555555555555
        cpm:account_missing               | 57:1234567890123458D191220112345F ->
        cpm:account_missing ~cpm:length:57 | 57:1234567890123458D191220112345F -> 57:
                                          | 57:1234567890123458D191220112345F -> 5A:1234567890123458
        cpm:template_malformed:61         | 63[ -> !01 63[
        cpm:template_malformed:61         | 63[ -> !5780 63[
                                          | 63[ 9F26:584FD385FA234BCC ] -> 63'opaque'
        ~cpm:misplaced:64                 | 63[ -> 64[
        ~cpm:misplaced:64                 | 61[ -> 61[ 64:00
        ~cpm:order ~cpm:misplaced:63      | 61[ -> 63: 61[
        ~cpm:order                        | 61[ -> C0:01 61[
        ~cpm:template_repeated:63         | 63[ -> 63:00 63[
        cpm:duplicate:57                  | 63[ -> 57:1234567890123458D191220112345F 63[
        cpm:duplicate:4F                  | 63[ -> 4F:A0000000555555 63[
        cpm:duplicate:C0                  | 63[ -> C0:01 C0:02 C0:03 63[
        ~cpm:length:50                    | 50'Product1' -> 50''
        ~cpm:length:50                    | 50'Product1' -> 50'ABCDEFGHIJKLMNOPQ'
        ~cpm:format:50                    | 50'Product1' -> 50'カード'
        ~cpm:length:57                    | D191220112345F -> D1912201123450123456789F
        ~cpm:format:57                    | D191220112345F -> D191220112345A
        ~cpm:format:57                    | D191220112345F -> 01
        ~cpm:length:5A                    | 63[ -> 5A:1234567890123456789FFF 63[
        ~cpm:format:5A                    | 63[ -> 5A:12345678901234567890 63[
        ~cpm:format:5A                    | 63[ -> 5A:1F34 63[
        ~cpm:length:5F20                  | 63[ -> 5F20'A' 63[
        ~cpm:length:5F20                  | 63[ -> 5F20'ABCDEFGHIJKLMNOPQRSTUVWXYZA' 63[
        ~cpm:format:5F20                  | 63[ -> 5F20'サクラ' 63[
        ~cpm:length:5F2D                  | 63[ -> 5F2D'j' 63[
        ~cpm:length:5F2D                  | 63[ -> 5F2D'jaenzhdefr' 63[
        ~cpm:format:5F2D                  | 63[ -> 5F2D'jae' 63[
        ~cpm:format:5F2D                  | 63[ -> 5F2D'j1' 63[
        ~cpm:length:5F50                  | 63[ -> 5F50'' 63[
        ~cpm:format:5F50                  | 63[ -> 5F50:0A 63[
        ~cpm:length:9F08                  | 63[ -> 9F08:00 63[
        ~cpm:length:9F19                  | 63[ -> 9F19:0123456789 63[
        ~cpm:format:9F19                  | 63[ -> 9F19:01234567890A 63[
        ~cpm:length:9F24                  | 63[ -> 9F24'ABCDEFGHIJKLMNOPQRSTUVWXYZ01' 63[
        ~cpm:format:9F24                  | 63[ -> 9F24'ABCDEFGHIJKLMNOPQRSTUVWXYZ01-' 63[
        ~cpm:length:9F25                  | 63[ -> 9F25:12 63[
        ~cpm:format:9F25                  | 63[ -> 9F25:12FF 63[
                                          | 63[ -> 9F25:3458 9F24'ABCDEFGHIJKLMNOPQRSTUVWXYZ012' 9F19:012345678901 9F08:0010 63[
        ",
    );
}

#[test]
pub fn rules_of_two_applications() {
    check(
        TWO,
        "
        cpm:account_missing cpm:account_missing | 5A:1234567890123458 ->
        ~cpm:account_missing              | 5A:1234567890123458 ->; 50'Product1' -> 5A:1234567890123458
        cpm:account_missing cpm:account_missing | 62[ -> 7F21[
        ~cpm:common_alone                 | 61[ 4F:A0000000666666 50'Product2' ] ->
        ~cpm:aid_missing                  | 4F:A0000000555555 ->
        ~cpm:aid_length                   | 4F:A0000000555555 -> 4F:A0
        ~cpm:aid_missing ~cpm:aid_missing cpm:application_unusable | 4F:A0000000555555 ->; 4F:A0000000666666 ->
        ~cpm:application_templates_over_two | 62[ -> 61[ 4F:A0000000777777 ] 61: 62[
        ~cpm:application_templates_over_two | 62[ -> 61[ 4F:A0000000777777 ] 62[
        cpm:duplicate:85                  | C0:01 -> C0:01 85'CPV01'
        ~cpm:template_repeated:62         | C0:01 -> 62: C0:01
        cpm:template_malformed:62         | 64[ -> !01 64[
                                          | 64[ 9F36:0001 ] -> 64'opaque'
        ~cpm:misplaced:63                 | 64[ -> 63[
        ~cpm:misplaced:64                 | C0:01 -> 64: C0:01
        ~cpm:order                        | C0:01 -> ; 62[ -> C0:01 62[
        ~cpm:order                        | 61[ 4F:A0000000666666 50'Product2' ] -> ; C0:01 -> C0:01 61[ 4F:A0000000666666 ]
        cpm:duplicate:5F20                | 50'Product1' -> 5F20'ANOTHER/NAME'
        cpm:duplicate:5F20                | 50'Product2' -> 5F20'ANOTHER/NAME'
        cpm:duplicate:50                  | 64[ -> 50'Product3' 64[
        cpm:duplicate:4F                  | 64[ -> 4F:A0000000555555 64[
        cpm:duplicate:5F2D                | 64[ -> 5F2D'ja' 64[
        ~cpm:template_repeated:64         | 64[ -> 64: 64[
        ~cpm:aid_missing                  | 4F:A0000000555555 -> 5F20'UNUSED' 5A:00
        ~cpm:length:5F20                  | CARDHOLDER/EMV -> X
        ",
    );
}

#[test]
pub fn rules_of_jpqr() {
    check(
        "85'JPQR1' 61[ 4F'12345678' 57'87654321' 99'free' ]",
        "
                                          | 99'free' ->
                                          | 99'free' -> 99'日本語'
                                          | 99'free' -> 50'Wallet' 63:00
                                          | 61[ -> C0:01 61[
        jpqr_cpm:template_missing         | 61[ -> 62[
        jpqr_cpm:template_repeated        | 61[ -> 61: 61[ ; 61: -> 61[ 4F'12345678' 57'87654321' ]
        jpqr_cpm:template_malformed       | 99'free' -> !9905
        jpqr_cpm:operator_missing         | 4F'12345678' ->
        jpqr_cpm:operator_format          | 4F'12345678' -> 4F''
        jpqr_cpm:operator_format          | 4F'12345678' -> 4F'12345'
        jpqr_cpm:operator_format          | 4F'12345678' -> 4F'12345678901'
        jpqr_cpm:operator_format          | 4F'12345678' -> 4F'1234567x'
        jpqr_cpm:operator_format          | 4F'12345678' -> 4F:A000000065039202
        jpqr_cpm:payment_id_missing       | 57'87654321' ->
        jpqr_cpm:payment_id_missing       | 57'87654321' -> 57''
        jpqr_cpm:payment_id_format        | 57'87654321' -> 57:1234567890123458D191220112345F
        ~jpqr_cpm:free_format             | 99'free' -> 99:FF
        jpqr_cpm:duplicate:57             | 99'free' -> 57'87654322'
        jpqr_cpm:duplicate:99             | 99'free' -> 99'a' 99'b' 99'c'
        cpm:duplicate:85                  | 61[ -> 85'CPV01' 61[
        ",
    );
}

/// What is put for what in example 1 of EMVCo's text, and where that is found.
#[test]
fn rules_of_base64() {
    let good = "hQVDUFYwMWEaTwegAAAAVVVVVw8SNFZ4kBI0WNGRIgESNF8=";
    for (old, new, expected, position) in [
        ("8=", "8", "~base64:padding_missing", 47),
        ("8=", "9=", "~base64:spare_bits", 46),
        ("8=", "8==", "base64:padding", 47),
        ("hQVD", "hQ=V", "base64:padding", 2),
        ("hQVD", "=", "base64:padding", 0),
        ("NF8=", "N", "base64:length", 44),
        ("NF8=", "NF", "tlv:truncated ~base64:padding_missing ~base64:spare_bits", 46),
        ("hQVD", "hQ-D", "base64:character", 2),
        ("hQVD", "hQ\nD", "base64:character", 2),
        ("hQVD", "hQ \u{ff21}", "base64:character", 2),
        ("8=", "8= ", "base64:character", 48),
    ] {
        let text = good.replacen(old, new, 1);
        let read = cpm::read(&text);
        assert_eq!(findings(&read).join(" "), expected, "{old} {new}");
        match read {
            Ok(code) => {
                assert_eq!(code.findings()[0].position(), position, "{old} {new}");
                assert_eq!(code.encode(), text);
            }
            Err(rejected) => assert_eq!(rejected.findings()[0].position(), position, "{old} {new}"),
        }
    }
}

#[test]
fn what_is_no_code_at_all() {
    for (text, expected) in [
        ("", "cpm:format_missing"),
        ("\r\n", "cpm:format_missing"),
        ("hQVDUFYwMQ==", "cpm:application_template_missing"),
        ("hQVKUFFSMQ==", "jpqr_cpm:template_missing"),
        ("SGVsbG8h", "cpm:format_missing tlv:truncated"),
        ("00020101021126580009com.other", "base64:character"),
    ] {
        assert_eq!(findings(&cpm::read(text)).join(" "), expected, "{text}");
    }
    assert_eq!(findings(&cpm::read_bytes(b"hQVD\xFF")), ["not_utf8"]);
}

#[test]
fn texts_that_look_like_codes() {
    for (text, expected) in [
        ("hQVDUFYwMQ==", true),
        ("\r\nhQVDUFYwMg==", true),
        ("hQVKUFFSMQ==", true),
        ("hQVKUFFT", false),
        ("hQVDUFU", false),
        (" hQVDUFYwMQ==", false),
        ("HQVDUFYWMQ==", false),
        ("000201", false),
        ("", false),
    ] {
        assert_eq!(cpm::looks_like(text), expected, "{text:?}");
    }
}

#[test]
fn line_ends_of_a_scanner_are_dropped() {
    let text = text(ONE);
    let scanned = format!("{text}\r\n");
    assert_eq!(cpm::read(&scanned).unwrap().raw(), text);
    assert_eq!(cpm::read(&scanned), cpm::read(&text));
}

/// Lengths of one, two and three bytes, and more bytes than are kept without allocating.
#[test]
fn long_codes_are_read_with_a_warning_and_endless_ones_refused() {
    let filled = |count: usize| {
        let filler = "00".repeat(count);
        text(&ONE.replace("9F26:584FD385FA234BCC", &format!("9F10:{filler}")))
    };
    for (count, expected) in
        [(32, ""), (120, ""), (240, ""), (300, ""), (400, "~cpm:over_512"), (2900, "~cpm:over_512")]
    {
        let text = filled(count);
        let read = cpm::read(&text);
        assert_eq!(findings(&read).join(" "), expected, "{count}");
        assert_eq!(read.unwrap().encode(), text);
    }
    assert_eq!(filled(326).len(), 512);
    assert_eq!(findings(&cpm::read(&filled(326))), [""; 0]);
    assert_eq!(findings(&cpm::read(&filled(329))), ["~cpm:over_512"]);

    assert_eq!(findings(&cpm::read(&"A".repeat(4096))), ["cpm:format_missing", "tlv:bad_tag"]);
    assert_eq!(findings(&cpm::read(&"A".repeat(4097))), ["too_large"]);
    assert_eq!(findings(&cpm::read_bytes(&[b'='; 1_000_000])), ["too_large"]);
}

#[test]
fn findings_are_few_whatever_is_repeated() {
    let many =
        |part: &str, times| text(&ONE.replace("63[", &format!("{} 63[", part.repeat(times))));
    assert_eq!(findings(&cpm::read(&many(" 50:", 1000))), ["cpm:duplicate:50", "~cpm:over_512"]);
    let templates = text(&format!("{ONE} {}", "61: ".repeat(1000)));
    assert_eq!(
        findings(&cpm::read(&templates)),
        ["~cpm:aid_missing", "~cpm:application_templates_over_two", "~cpm:over_512"]
    );
}

#[test]
fn findings_tell_where_and_what_to_do() {
    let text = text(&TWO.replace("50'Product2'", "5F20'ANOTHER/NAME'"));
    let refused = cpm::read(&text).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the code must not be paid; cpm:duplicate:5F20 (tag 5F20, byte 66): This object is there \
         twice for one application, so it is open which one holds. Ask the payer for a new code."
    );
    let bytes = crate::tree::bytes(&TWO.replace("50'Product2'", "5F20'ANOTHER/NAME'"));
    let position = refused.findings()[0].position();
    assert_eq!(bytes[position..position + 2], [0x5F, 0x20]);
}
