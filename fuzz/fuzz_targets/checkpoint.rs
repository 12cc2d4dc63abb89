//! Checkpoints of a fit. Under the fuzzer the checksum is not compared, so that damage gets past it.
#![no_main]

use cormorant::fit::Checkpoint;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    cormorant_fuzz::with_file("checkpoint.safetensors", &cormorant_fuzz::safetensors(bytes), |path| {
        let _ = Checkpoint::read_file(path);
    });
});
