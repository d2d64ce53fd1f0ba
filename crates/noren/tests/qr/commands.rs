//! Each command as its help shows it.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{noren, printed, text};

const JPQR: &str = "00020101021126680019jp.or.paymentsjapan011300000000000010204000103060000010406000001\
                    5204581253033925802JP5914SAKURA SHOKUDO6005KYOTO6107600821664150002JA0105さくら食堂630460EC";

const THAI: &str = "00020101021129370016A0000006770101110113006681234567853037645802TH6304823E";

/// A place for files of one test.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("qr").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Exit code and what was said to people.
fn refused(arguments: &[&str], stdin: &[u8]) -> (i32, String) {
    let output = noren(arguments, stdin);
    assert_eq!(text(&output.stdout), "", "{arguments:?}");
    (output.status.code().unwrap(), text(&output.stderr))
}

#[test]
fn words_for_people() {
    let words = printed(&["decode", JPQR], b"");
    for part in
        ["accept: ", "JPQR", "SAKURA SHOKUDO", "さくら食堂", "typed by the payer, in JPY", "static"]
    {
        assert!(words.contains(part), "{part} is not in\n{words}");
    }
    // The same from stdin, with the shell's line end.
    assert_eq!(printed(&["decode"], format!("{JPQR}\n").as_bytes()), words);
    assert_eq!(printed(&["decode", "-"], JPQR.as_bytes()), words);
}

#[test]
fn the_exit_code_is_the_verdict() {
    for (arguments, stdin, expected, part) in [
        (&["decode", "135112298638468293"][..], &b""[..], 0, "wechat"),
        (&["decode", &JPQR.replace("KYOTO", "KIOTO")], b"", 1, "crc_mismatch"),
        (&["decode", "--profile", "jpqr", THAI], b"", 1, "jpqr:id_missing"),
        (&["decode", "--profile", "promptpay", THAI], b"", 0, "PromptPay"),
        (&["decode", "https://qr.alipay.com.evil.example/bax0"], b"", 1, "not_payment:web"),
        (&["decode"], b"", 1, "not_payment:empty"),
        (&["decode"], b"\xFF", 1, "not_utf8"),
    ] {
        let output = noren(arguments, stdin);
        let out = text(&output.stdout);
        assert_eq!(output.status.code(), Some(expected), "{arguments:?}\n{out}");
        assert!(out.contains(part), "{arguments:?}\n{out}");
    }
}

#[test]
fn wrong_usage_says_what_is_right() {
    let missing = folder("usage").join("missing.png");
    let missing = missing.to_str().unwrap();
    for (arguments, part) in [
        (&["decode", "--profile", "JPQR", "1"][..], "jpqr, qris"),
        (&["decode", missing], "cannot read the picture"),
        (&["decode", "--jsonl", "1"], "cannot be used with"),
        (&["decode", "--table", missing, "1"], "cannot read the table"),
        (&["encode"], "Usage:"),
        (&["encode", "promptpay"], "--mobile"),
        (&["encode", "vietqr"], "--vnpay"),
        (&["encode", "qrph", "--bic", "A", "--name", "A", "--city", "A"], "--account"),
        (&["encode", "promptpay", "--mobile", "02-123"], "081-234-5678"),
        (
            &["encode", "promptpay", "--mobile", "0812345678", "--amount", "4.225"],
            "promptpay:amount_decimals",
        ),
        (&["encode", "emv", "5=1"], "59=SHOP"),
        (&["encode", "emv", "59=A", "59=B"], "object 59 is given twice"),
        (&["encode", "emv", "62=0501A", "62.05=B"], "whole and in parts"),
        (&["draw", "1", "-o", "code.gif"], "neither in .svg nor in .png"),
        (&["draw", "1", "--size-mm", "1"], "mm"),
        (&["draw", "12a", "--barcode"], "0 to 9"),
        (&["draw"], "there is no text"),
        (&["poster", "--code", "135112298638468293", "--shop", "A"], "a payer"),
        (&["poster", "--code", "https://qr.paypay.ne.jp/AAAAAAAAAAAAAAAA"], "no name"),
        (&["poster", "--code", JPQR, "-o", "poster.png"], ".svg"),
    ] {
        let (code, error) = refused(arguments, b"");
        assert_eq!(code, 2, "{arguments:?}: {error}");
        assert!(error.contains(part), "{arguments:?}: {error}");
    }
}

/// Every profile writes what its own reader takes, static and dynamic.
#[test]
fn what_encode_writes_decode_reads() {
    let qris = "qris --acquirer ID.CO.TELKOM.WWW --pan 9360089800000000018 --merchant-id 000000000000001 \
                --nmid ID1020000000001 --criteria UMI --name WARUNG --city JAKARTA --postal 10110 --mcc 5812 --channel 520";
    let bharat = "bharatqr --vpa shop@icici --visa 4403849933195906 --ifsc HDFC0000001 --bank-account 50100308128200 \
                  --name SHOP --city Delhi --postal 110011 --mcc 5411";
    let jpqr = "jpqr --id 0000000000001-0001-000001-000001 --name SAKURA --name-ja さくら --city KYOTO \
                --postal 6008216 --mcc 5812 --account 15=3100000000000000000000000000001";
    for (line, amount, scheme) in [
        (jpqr, "--amount 1580 --reference ORDER-1", "jpqr"),
        (
            "jpqr-cpm --operator 90000002 --payment-id 9000000212345678901234",
            "--free x",
            "jpqr-cpm",
        ),
        ("promptpay --mobile 081-234-5678", "--amount 250.00", "promptpay"),
        (
            "promptpay --biller 099400016550100 --reference1 A",
            "--amount 250.00 --cross-border",
            "promptpay",
        ),
        ("paynow --uen 201403121W", "--amount 12.5 --reference INV-7", "sgqr"),
        ("paynow --mobile +6580000001", "--amount 12.5 --editable --expiry 20301231", "sgqr"),
        (
            "duitnow --acquirer 588734 --merchant-id A1 --name KEDAI --mcc 5812",
            "--amount 9.90",
            "duitnow",
        ),
        ("khqr --account shop@bank --name SHOP", "--amount 4000 --valid-for 60", "khqr"),
        (
            "khqr --account shop@bank --merchant-id 1 --bank B --name SHOP --currency usd --name-km ហាង",
            "--amount 1.5",
            "khqr",
        ),
        (qris, "--amount 15000 --reference A --fee 500", "qris"),
        (
            "vietqr --bank 970403 --number 0011012345678",
            "--amount 180000 --message thanh-toan",
            "vietqr",
        ),
        (
            "vietqr --vnpay 0312345678 --name SHOP --city HANOI --mcc 5812",
            "--amount 180000",
            "vietqr",
        ),
        (
            "qrph --bic GXCHPHM2XXX --merchant-id 217 --flag 000 --name SHOP --city Taguig --mcc 5814",
            "--amount 10",
            "qrph",
        ),
        ("qrph --bic GXCHPHM2XXX --account 123 --name ANA --city Taguig", "--amount 10", "qrph"),
        ("hkfps --fps-id 9999999", "--amount 123 --currency cny", "hkfps"),
        ("hkfps --mobile +852-91234567", "--amount 123", "hkfps"),
        (bharat, "--amount 10.50 --reference ORD-42", "bharatqr"),
        (
            "upi --payee shop@icici --name Shop --reference ORD-42",
            "--amount 149.50 --note Tea",
            "bharatqr",
        ),
    ] {
        for more in ["", amount] {
            let line = format!("encode {line} {more}");
            let arguments: Vec<&str> = line.split_whitespace().collect();
            let code = printed(&arguments, b"");
            let read: Value =
                serde_json::from_str(&printed(&["decode", "--json"], code.as_bytes())).unwrap();
            assert_eq!(read["scheme"], scheme, "{line}");
            let (fields, params) = (&read["fields"], &read["expect"]["params"]);
            if read["kind"] == "mpm" {
                assert_eq!(fields["amount"].is_string(), !more.is_empty(), "{line}");
            }
            if params.is_object() {
                assert_eq!(params["am"].is_string(), !more.is_empty(), "{line}");
            }
        }
    }
}

/// A help text that does not work is worse than none.
#[test]
fn the_examples_of_every_help_text_work() {
    let binary = Path::new(env!("CARGO_BIN_EXE_noren")).parent().unwrap();
    let path = format!("{}:{}", binary.display(), std::env::var("PATH").unwrap());
    let help = printed(&["encode", "--help"], b"");
    let commands = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let names = commands.map_while(|line| line.split_whitespace().next());
    let mut count = 0;
    for name in names.filter(|name| *name != "help") {
        let help = printed(&["encode", name, "--help"], b"");
        let examples = help.replace("\\\n", "");
        let examples = examples.lines().filter(|line| line.starts_with("  noren qr encode"));
        let before = count;
        for example in examples {
            let mut shell = std::process::Command::new("sh");
            let output = shell.args(["-c", example]).env("PATH", &path).output().unwrap();
            assert!(output.status.success(), "{example}\n{}", text(&output.stderr));
            printed(&["decode"], &output.stdout);
            count += 1;
        }
        assert!(count > before, "{name} has no example");
    }
    assert!(count >= 13, "{count}");
}

#[test]
fn any_code_object_by_object() {
    let code = printed(
        &[
            "encode",
            "emv",
            "26.00=com.example.pay",
            "52=5812",
            "53=392",
            "58=JP",
            "59=SHOP",
            "60=TOKYO",
            "26.01=4711",
        ],
        b"",
    );
    assert!(code.starts_with("00020126270015com.example.pay010447115204"), "{code}");
    printed(&["decode", "--profile", "emv-mpm"], code.as_bytes());
    // Thai codes may lack names; others may not.
    let thai =
        ["encode", "emv", "29.00=A000000677010111", "29.01=0066812345678", "53=764", "58=TH"];
    assert!(refused(&thai, b"").1.contains("missing:59"));
    printed(&[&thai[..], &["--profile", "promptpay"]].concat(), b"");
}

#[test]
fn a_drawn_picture_is_read_again() {
    let file = folder("drawn").join("code.png");
    let file = file.to_str().unwrap();
    for (text, arguments, symbol) in [
        (JPQR, &["--level", "q"][..], "qr"),
        ("wxp://f2f0AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", &[], "qr"),
        ("900081818895579920128799", &["--barcode", "--size-mm", "60"], "code128"),
    ] {
        let draw = [&["draw", "-", "-o", file][..], arguments].concat();
        assert_eq!(printed(&draw, text.as_bytes()), "");
        let found: Value =
            serde_json::from_str(&printed(&["decode", file, "--json"], b"")).unwrap();
        assert_eq!(found.as_array().unwrap().len(), 1);
        assert_eq!(found[0]["payload"], text);
        assert_eq!(found[0]["picture"]["symbol"], symbol);
        assert_eq!(found[0]["verdict"], "accept");
        // The same picture on stdin, and in words.
        let picture = std::fs::read(file).unwrap();
        assert!(printed(&["decode"], &picture).starts_with("accept: "));
    }
    // A code that must not be paid is drawn all the same, and found out when it is read.
    printed(&["draw", &JPQR.replace("KYOTO", "KIOTO"), "-o", file], b"");
    assert_eq!(noren(&["decode", file], b"").status.code(), Some(1));
    // No code at all.
    std::fs::write(file, b"\x89PNG\r\n\x1a\nno picture").unwrap();
    assert_eq!(refused(&["decode", file], b"").0, 1);
}

#[test]
fn pictures_on_paper() {
    let svg = printed(&["draw", JPQR, "--size-mm", "32.5"], b"");
    assert!(svg.starts_with("<svg ") && svg.contains("32.5mm"), "{}", &svg[..200]);
    for format in ["a4", "a5", "sticker"] {
        let poster = printed(
            &["poster", "--code", JPQR, "--wallets", "Alipay+, WeChat Pay", "--format", format],
            b"",
        );
        // The code knows whose shop it is.
        for part in ["さくら食堂", "SAKURA SHOKUDO", "WeChat Pay", "0000000000001"] {
            assert!(poster.contains(part), "{format}: {part}");
        }
    }
    let other = ["--shop", "もみじ", "--shop-latin", "MOMIJI", "--id", "S-7", "--lang", "ko"];
    let poster = printed(&[&["poster", "--code", JPQR][..], &other].concat(), b"");
    assert!(poster.contains("もみじ") && poster.contains("S-7") && !poster.contains("さくら食堂"));
}

#[test]
fn a_table_of_ones_own() {
    let file = folder("table").join("codes.txt");
    let path = file.to_str().unwrap();
    let mut table = printed(&["table"], b"");
    assert!(table.contains("9000818188") && table.contains("paypay"));
    let ours = "123456021234567890123456";
    assert_eq!(refused(&["table", "--route", ours], b"").0, 1);
    table += "12345602 24 alipayplus\n";
    std::fs::write(&file, &table).unwrap();
    assert_eq!(printed(&["table", path], b""), table);
    assert_eq!(printed(&["table", path, "--route", ours], b""), "alipayplus\n");
    assert_eq!(
        printed(&["table", path, "--route"], format!("{ours}\n").as_bytes()),
        "alipayplus\n"
    );
    let read: Value =
        serde_json::from_str(&printed(&["decode", "--json", "--table", path, ours], b"")).unwrap();
    assert_eq!(read["expect"], json!({ "wallet": "alipayplus" }));
    std::fs::write(&file, format!("{table}12345602 24 other\n")).unwrap();
    let (code, error) = refused(&["table", path], b"");
    assert!(code == 2 && error.contains("fit the same codes"), "{error}");
}

/// Digits work like money: no answer repeats those that were refused.
#[test]
fn refusals_do_not_repeat_digits() {
    let digits = "16998877665544332";
    for arguments in [&["table", "--route", digits][..], &["decode", digits]] {
        let output = noren(arguments, b"");
        assert_eq!(output.status.code(), Some(1));
        let said = text(&output.stdout) + &text(&output.stderr);
        assert!(!said.is_empty() && !said.contains(&digits[4..10]), "{said}");
    }
}
