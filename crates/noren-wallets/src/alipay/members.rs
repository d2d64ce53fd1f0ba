//! The members of a JSON object as the text that they were written as: what is signed of an answer is
//! a slice of it, byte for byte (`wallets/alipay-openplatform` facts, section 1).

use std::collections::BTreeMap;

/// The texts of an object's members, by name. `None`: not an object, or a name comes twice. The
/// texts themselves are only told apart here, and still to be parsed.
pub fn of_object(text: &str) -> Option<BTreeMap<String, &str>> {
    let mut rest = text.trim_ascii().strip_prefix('{')?.trim_ascii_start();
    let mut members = BTreeMap::new();
    if let Some(end) = rest.strip_prefix('}') {
        return end.is_empty().then_some(members);
    }
    loop {
        let (name, after) = rest.split_at(value_end(rest)?);
        let name: String = serde_json::from_str(name).ok()?;
        rest = after.trim_ascii_start().strip_prefix(':')?.trim_ascii_start();
        let (value, after) = rest.split_at(value_end(rest)?);
        if members.insert(name, value).is_some() {
            return None;
        }
        rest = after.trim_ascii_start();
        if let Some(end) = rest.strip_prefix('}') {
            return end.is_empty().then_some(members);
        }
        rest = rest.strip_prefix(',')?.trim_ascii_start();
    }
}

/// Where the value that `text` begins with ends: after its closing quote or bracket, or before what
/// ends a word. `None`: it does not end, or there is none.
fn value_end(text: &str) -> Option<usize> {
    let (mut depth, mut quoted, mut escaped) = (0usize, false, false);
    for (at, byte) in text.bytes().enumerate() {
        if quoted {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => quoted = false,
                _ => {}
            }
            if !quoted && depth == 0 {
                return Some(at + 1);
            }
            continue;
        }
        match byte {
            b'"' if depth == 0 && at > 0 => return None,
            b'"' => quoted = true,
            b'{' | b'[' if depth == 0 && at > 0 => return None,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth > 0 => {
                depth -= 1;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            b',' | b':' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n' if depth == 0 => {
                return (at > 0).then_some(at);
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::of_object;

    #[test]
    fn a_member_is_the_text_that_was_written() {
        let text = "\n{ \"a\" : {\"x\": [1, \"}\\\"\"] } ,\"sign\":\"b==\", \"n\":12 }\n";
        let members = of_object(text).unwrap();
        assert_eq!(members["a"], "{\"x\": [1, \"}\\\"\"] }");
        assert_eq!((members["sign"], members["n"]), ("\"b==\"", "12"));
        assert_eq!(of_object("{}").map(|members| members.len()), Some(0));
    }

    #[test]
    fn what_is_no_object_or_says_two_things_is_refused() {
        for bad in [
            "",
            "{",
            "[]",
            "null",
            "{\"a\"}",
            "{\"a\":}",
            "{\"a\":1,}",
            "{\"a\":1}x",
            "{\"a\":1 2}",
            "{\"a\":\"1}",
            "{\"a\":{}",
            "{a:1}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":1\"b\":2}",
        ] {
            assert_eq!(of_object(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn members_are_those_of_a_parser(value in "[ -~]{0,20}", name in "[ -~]{1,8}") {
            let object = serde_json::json!({ "inner": { &name: [&value, { "x": 1 }] }, "sign": value });
            for text in [object.to_string(), format!("{object:#}")] {
                let members = of_object(&text).unwrap();
                for (name, member) in object.as_object().unwrap() {
                    let read: serde_json::Value = serde_json::from_str(members[name]).unwrap();
                    proptest::prop_assert_eq!(&read, member);
                }
            }
        }

        #[test]
        fn no_text_panics(text in "[\\[\\]{}\",:a\\\\ é]{0,24}") {
            let _ = of_object(&text);
        }
    }
}
