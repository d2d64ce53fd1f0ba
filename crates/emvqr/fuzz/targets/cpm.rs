#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    emvqr_fuzz::cpm(bytes);
});
