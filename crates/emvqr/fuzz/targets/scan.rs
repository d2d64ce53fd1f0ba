#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    emvqr_fuzz::scan(bytes);
    if let Ok(text) = core::str::from_utf8(bytes) {
        emvqr_fuzz::scan(emvqr_fuzz::sealed(text).as_bytes());
    }
});
