//! Models.
#![no_main]

use cormorant::model::Model;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    cormorant_fuzz::with_file("model.safetensors", &cormorant_fuzz::safetensors(bytes), |path| {
        let Ok(model) = Model::load(path) else { return };
        assert!(model.weights.iter().all(|weight| weight.is_finite()));
        let _ = cormorant::model::readme(&model.header);
    });
});
