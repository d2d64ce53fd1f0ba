#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    emvqr_fuzz::mpm(bytes);
    if let Ok(text) = core::str::from_utf8(bytes) {
        emvqr_fuzz::mpm(emvqr_fuzz::sealed(text).as_bytes());
    }
});
