//! Extended XYZ with labels.
#![no_main]

use cormorant::fit::{DataSet, LabelUnits};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    cormorant_fuzz::with_file("case.xyz", bytes, |path| {
        let Ok(data) = DataSet::read(path, Some(LabelUnits::EV_ANGSTROM)) else { return };
        for one in &data.configurations {
            assert!(one.fault().is_none() && one.forces.len() == one.elements.len());
        }
        let _ = cormorant::fit::checks::check(&data.configurations);
    });
});
