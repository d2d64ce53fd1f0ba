//! Every rule broken once: which findings that gives, and which of them refuse the code.

mod support;

use emvqr::mpm::{self, Finding, Mpm, Profile, Rejected, jpqr};
use emvqr::tlv::LengthUnit;
use support::{Draft, sealed};

/// Codes of all findings, warnings with a `~` in front.
fn findings(read: Result<Mpm<'_>, Rejected>) -> Vec<String> {
    let findings = match &read {
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

/// Each line: the findings, `|`, and the edits that bring them about.
fn check(base: &Draft, read: for<'t> fn(&'t str) -> Result<Mpm<'t>, Rejected>, table: &str) {
    assert_eq!(findings(read(&base.text())), [""; 0], "the code to begin with");
    for line in table.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let (expected, edits) = line.split_once('|').expect("a table line has a bar");
        let mut draft = base.clone();
        edits.trim().split("; ").for_each(|edit| draft.edit(edit));
        let mut expected: Vec<&str> = expected.split_whitespace().collect();
        expected.sort_unstable();
        assert_eq!(findings(read(&draft.text())), expected, "{line}");
    }
}

#[test]
fn emv_rules() {
    check(
        &Draft::emv(),
        mpm::read,
        "
        pfi_missing                           | -00
        pfi_not_first                         | -00; +00=01
        ~pfi_value                            | 00=02
        ~poi_value                            | 01=13
        dup:53                                | +53=392
        dup:53                                | +53=392; +53=392
        dup:26                                | +26=0015com.example.pay
        dup:26.00                             | +26.00=com.example.other
        dup:62.05                             | 62.05=A; +62.05=B
        ~dup:80.01                            | 80.00=owner; +80.01=A; +80.01=B
        missing:02-51                         | -26
        ~missing:52                           | -52
        ~missing:53                           | -53
        ~missing:58                           | -58
        ~missing:59                           | -59
        ~missing:60                           | -60
        ~missing:64.00                        | 64.01=店
        ~missing:64.01                        | 64.00=JA
        ~format:52                            | 52=581
        ~format:53                            | 53=JPY
        ~format:58                            | 58=J1
        ~format:64.00                         | 64.00=J; 64.01=店
        ~format:62.09                         | 62.09=AA
        ~format:62.09                         | 62.09=X
                                              | 62.09=EMA
        ~zero_length:59                       | 59=
        ~too_long:59                          | 59=ABCDEFGHIJKLMNOPQRSTUVWXYZ
        ~too_long:60                          | 60=ABCDEFGHIJKLMNOP
        ~too_long:61                          | 61=12345678901
        ~too_long:62.05                       | 62.05=ABCDEFGHIJKLMNOPQRSTUVWXYZ
        ~too_long:64.01                       | 64.00=JA; +64.01=あいうえおかきくけこさしすせそたちつてとなにぬねのは
        ~too_long:64.02                       | 64.00=JA; +64.01=店; +64.02=あいうえおかきくけこさしすせそた
        ~charset:59                           | 59=店
        ~charset:26                           | 26.01=店
        ~charset:64.01                        | 64.00=JA; +64.01=\u{7}
                                              | 54=98
                                              | 54=98.
                                              | 54=98.73
                                              | 54=0000000000001
        format:54 ~zero_length:54             | 54=
        format:54                             | 54=.
        format:54                             | 54=.5
        format:54                             | 54=98,73
        format:54                             | 54=3 705
        format:54                             | 54=1.2.3
        format:54                             | 54=-1
        format:54                             | 54=１２
        too_long:54                           | 54=00000000000001
        ~zero_amount:54                       | 54=0.00
        ~tip_value                            | 55=04
                                              | 55=02; 56=100
                                              | 55=03; 57=3.00
        ~tip_missing:56                       | 55=02
        ~tip_missing:57                       | 55=03
        ~tip_orphan:56                        | 56=100
        ~tip_orphan:57                        | 55=01; 57=3
        format:56                             | 55=02; 56=ten
        ~zero_amount:56                       | 55=02; 56=0
        ~format:57                            | 55=03; 57=0.00
        ~format:57                            | 55=03; 57=100
        ~template_malformed:26                | 26=free text
        ~template_malformed:62                | 62=free text
        ~template_malformed:82                | 82=0123456789abcdef
        ~zero_length:80 ~template_malformed:80 | 80=
        ~guid_missing:26                      | 26.00=; +26.01=A; -26.00
        ~guid_missing:80                      | 80.01=A
        ~guid_too_long:80                     | 80.00=abcdefghijklmnopqrstuvwxyz0123456
        ~rfu:65                               | 65=later
        ~rfu:79                               | 79=later
        ~rfu:62.00                            | 62.00=ph.ppmi.qrph
        ",
    );
}

#[test]
fn jpqr_rules() {
    check(
        &Draft::jpqr(),
        |text| mpm::read_as(text, Profile::Jpqr),
        "
                                              | -54; 01=11
                                              | -62
                                              | -01
                                              | 26.00=JP.OR.PaymentsJapan
                                              | 54=1580.
                                              | 15=3122034039203926000000000000001
        jpqr:id_missing                       | 26.00=jp.co.paymentsjapan
        jpqr:id_missing missing:02-51         | -26
        jpqr:id_repeated                      | 27.00=jp.or.paymentsjapan
        jpqr:id_sub_missing:01                | -26.01
        jpqr:id_sub_missing:02                | -26.02
        jpqr:id_sub_missing:03                | -26.03
        jpqr:id_sub_missing:04                | -26.04
        jpqr:id_sub_length:01                 | 26.01=000000000001
        jpqr:id_sub_length:02                 | 26.02=00001
        jpqr:id_sub_length:03                 | 26.03=00001
        jpqr:id_sub_length:04                 | 26.04=0000001
        jpqr:id_sub_length:04 ~zero_length:26.04 | 26.04=
        jpqr:id_sub_charset:02 ~charset:26    | 26.02=０００１
        jpqr:id_sub_unknown:05                | 26.05=x
        dup:26.01                             | +26.01=0000000000002
        jpqr:currency                         | 53=156
        jpqr:currency missing:53              | -53
        jpqr:country                          | 58=CN
        jpqr:country missing:58               | -58
        jpqr:amount_decimals                  | 54=1580.50
        jpqr:amount_decimals                  | 54=1580.00
        format:54                             | 54=1,580
        zero_amount:54                        | 54=0
        too_long:54                           | 54=10000000000000
        jpqr:postal_missing                   | -61
        jpqr:postal_missing ~zero_length:61   | 61=
        ~jpqr:postal_format                   | 61=600-8216
        jpqr:language_missing                 | -64
        jpqr:language_missing template_malformed:64 | 64=さくら食堂
        jpqr:language_not_JA                  | 64.00=EN
        jpqr:language_not_JA                  | 64.00=ja
        jpqr:language_not_JA missing:64.00    | -64.00
        jpqr:language_city_present            | 64.02=京都市
        missing:64.01                         | -64.01
        zero_length:64.01                     | 64.01=
        pfi_value                             | 00=02
        poi_value                             | 01=13
        missing:52                            | -52
        format:52                             | 52=81
        missing:59                            | -59
        zero_length:59                        | 59=
        too_long:59                           | 59=ABCDEFGHIJKLMNOPQRSTUVWXYZ
        charset:59                            | 59=さくら食堂
        missing:60                            | -60
        too_long:60                           | 60=ABCDEFGHIJKLMNOP
        ~too_long:62.05                       | 62.05=ABCDEFGHIJKLMNOPQRSTUVWXYZ
        ",
    );
}

#[test]
fn a_code_that_claims_jpqr_must_keep_its_rules() {
    let mut draft = Draft::jpqr();
    draft.edit("53=156");
    assert_eq!(findings(mpm::read(&draft.text())), ["jpqr:currency"]);
    draft.edit("26.00=com.example.pay");
    assert_eq!(findings(mpm::read(&draft.text())), [""; 0]);
}

#[test]
fn checksum_rules() {
    let good = Draft::emv().text();
    let body = &good[..good.len() - 8];
    let digits = &good[good.len() - 4..];
    for (text, expected) in [
        (body.to_owned(), "crc_missing"),
        (format!("{body}63040000"), "crc_mismatch"),
        (format!("{body}6304XXXX"), "crc_mismatch"),
        (format!("{body}6304+0A1"), "crc_mismatch"),
        (format!("{body}6304ＡＡＡＡ"), "crc_mismatch"),
        (format!("{body}6303142"), "crc_length"),
        (format!("{body}630512345"), "crc_length"),
        (format!("{good}80080004test"), "crc_not_last"),
        (good.replace("SHOP", "SHIP"), "crc_mismatch"),
    ] {
        assert_eq!(findings(mpm::read(&text)), [expected], "{text}");
    }
    let small = format!("{body}6304{}", digits.to_lowercase());
    assert_ne!(small, good, "pick a code whose checksum has a letter");
    assert_eq!(findings(mpm::read(&small)), ["~crc_lowercase"]);
}

#[test]
fn a_broken_split_says_where_and_whether_the_checksum_fits() {
    let cut = "00020101021126240015com.example.pay01";
    assert_eq!(findings(mpm::read(cut)), ["tlv:truncated"]);
    let position = |text| mpm::read(text).unwrap_err().findings()[0].position();
    assert_eq!(position(cut), 12);
    assert_eq!(position("00020101021152AA"), 12);

    // Made wrongly: nobody will read it, and scanning again does not help.
    assert_eq!(findings(mpm::read(&sealed("000201AA02"))), ["tlv:bad_tag"]);
    // Read wrongly.
    assert_eq!(findings(mpm::read("000201AA0263040000")), ["crc_mismatch", "tlv:bad_tag"]);
    assert_eq!(findings(mpm::read("00020101A211")), ["tlv:bad_length"]);
    assert_eq!(findings(mpm::read("")), ["tlv:truncated"]);
}

#[test]
fn a_checksum_is_not_swallowed_by_a_last_value_counted_in_bytes() {
    // Four kana are eight bytes longer than characters: just the checksum object.
    let text = sealed(
        "00020126240015com.example.pay0101A5204581253033925802JP5904SHOP6005TOKYO\
         64220002JA0112さくらや",
    );
    let code = mpm::read(&text).unwrap();
    let name = code.language().unwrap().get(mpm::tags::language::NAME);
    assert_eq!(name, Some("さくらや"));
    assert_eq!(code.findings()[0].code(), "length_unit:utf8");
}

/// In each of these a split by code points uses up the whole text too, and makes nonsense of it.
#[test]
fn of_two_splits_the_one_that_makes_a_whole_code_counts() {
    for (text, name, city) in [
        // The name swallows the city, and 60 is missing.
        (
            "00020101021126270015com.example.pay0104M1235204581253038405802US5912最佳运输6004RENO",
            "最佳运输",
            "RENO",
        ),
        // The local name swallows the times, of which 00 and 01 then stand twice.
        (
            "00020101021230350009shop@abaa01061122330208ABA Bank520458125303840540512.505802KH\
             5904Shop6009Siem Reap64160002ZH0106松屋99340013173174008531101131731774908531",
            "Shop",
            "Siem Reap",
        ),
        // The name swallows the city, the postal code and the terminal.
        (
            "00020101021126650013ID.CO.BCA.WWW011893600014000000001702150008850000000170303UMI\
             51440014ID.CO.QRIS.WWW0215ID10200000000010303UMI5204549953033605802ID\
             5924ร้านกาแฟ6007BANDUNG61054011162070703A01",
            "ร้านกาแฟ",
            "BANDUNG",
        ),
    ] {
        let text = sealed(text);
        let code = mpm::read(&text).unwrap();
        assert_eq!((code.merchant_name(), code.city()), (Some(name), Some(city)));
        assert_eq!(code.length_unit(), LengthUnit::Utf8Byte);
        assert!(code.findings().iter().any(|finding| finding.code() == "length_unit:utf8"));
    }
}

#[test]
fn a_long_code_is_read_with_a_warning_and_an_endless_one_refused() {
    let filler = "x".repeat(99);
    let mut draft = Draft::emv();
    (2..8).for_each(|tag| draft.edit(&format!("{tag:02}={filler}")));
    assert_eq!(findings(mpm::read(&draft.text())), ["~over_512"]);

    let endless = "0001x".repeat(1_000_000);
    assert_eq!(findings(mpm::read(&endless)), ["too_large"]);
    assert_eq!(findings(mpm::read_bytes(endless.as_bytes())), ["too_large"]);
    let longest = "0001x".repeat(mpm::PAYLOAD_CHARACTERS_MAX / 5);
    assert!(findings(mpm::read(&longest)).contains(&"dup:00".into()));
    assert!(findings(mpm::read(&longest)).len() < 20);
}

#[test]
fn bytes_are_text_or_refused() {
    let text = Draft::jpqr().text();
    assert_eq!(mpm::read_bytes(text.as_bytes()), mpm::read(&text));
    assert_eq!(findings(mpm::read_bytes(b"0002\xFF")), ["not_utf8"]);
}

#[test]
fn line_ends_of_a_scanner_are_dropped() {
    let text = Draft::jpqr().text();
    let scanned = format!("{text}\r\n");
    assert_eq!(mpm::read(&scanned).unwrap().raw(), text);
    assert!(mpm::read(&format!("{text} ")).is_err(), "a space is data");
}

#[test]
fn both_published_checksums() {
    for (text, sum) in [
        (
            "0002016003xxx01021129300012D156000000000510A93FO3230Q31280012D1560000000103081234567826680019jp.or.paymentsjapan01130000000000001020400010306000001040600000153033925903xxx64180002JA0108メルペイ カフェ520441115802JP610710661436304",
            "DEE9",
        ),
        (
            "00020101021229300012D156000000000510A93FO3230Q31280012D15600000001030812345678520441115802CN5914BEST TRANSPORT6007BEIJING64200002ZH0104最佳运输0202北京540523.7253031565502016233030412340603***0708A60086670902ME91320016A0112233449988770708123456786304",
            "A13A",
        ),
    ] {
        assert_eq!(format!("{:04X}", emvqr::crc::crc16(text.as_bytes())), sum);
        assert_eq!(findings(mpm::read(&format!("{text}{sum}"))), [""; 0]);
    }
}

#[test]
fn findings_tell_where_and_what_to_do() {
    let mut draft = Draft::jpqr();
    draft.edit("53=156");
    let text = draft.text();
    let refused = jpqr::read(&text).unwrap_err();
    let finding = &refused.findings()[0];
    assert_eq!((finding.rule(), finding.code().as_str()), ("jpqr:currency", "jpqr:currency"));
    assert_eq!(&text[finding.position()..finding.position() + 7], "5303156");
    assert_eq!(finding.place().to_string(), "53");
    assert_eq!(
        refused.to_string(),
        "the code must not be paid; jpqr:currency (tag 53, byte 92): The currency of a JPQR \
         code is yen, 392. Have the code printed anew."
    );
}

#[test]
fn a_rule_can_be_compared_without_its_object() {
    let mut draft = Draft::emv();
    draft.edit(&format!("62.05={}", "9".repeat(26)));
    let text = draft.text();
    let code = mpm::read(&text).unwrap();
    let finding = code.findings()[0];
    assert_eq!((finding.rule(), finding.code().as_str()), ("too_long", "too_long:62.05"));
}
