//! Input files of `run` and `fit`.
#![no_main]

use cormorant::settings::Input;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    cormorant_fuzz::with_file("case.toml", bytes, |path| {
        let Ok(input) = Input::read(path) else { return };
        // What was read must be printed as a text that is read as the same input.
        let text = input.to_toml(None).expect("a good input can be printed");
        std::fs::write(path, &text).expect("a file for the case");
        assert!(Input::read(path).expect("what is printed is good") == input, "{text}");
    });
});
