//! Restart files. Under the fuzzer the checksum is not compared, so that damage gets past it.
#![no_main]

use cormorant::simulation::Restart;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    cormorant_fuzz::with_file("case.safetensors", &cormorant_fuzz::safetensors(bytes), |path| {
        let Ok(restart) = Restart::read(path) else { return };
        assert_eq!(restart.forces.len(), restart.system.atom_count());
        assert_eq!(restart.system.momenta.len(), restart.system.atom_count());
    });
});
