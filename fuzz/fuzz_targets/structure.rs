//! Extended XYZ as structure and trajectory.
#![no_main]

use cormorant::io::{TrajectoryReader, read_structure};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    cormorant_fuzz::with_file("case.xyz", bytes, |path| {
        let _ = read_structure(path, None);
        let Ok(mut reader) = TrajectoryReader::open(path) else { return };
        while let Ok(Some(frame)) = reader.next_frame() {
            assert_eq!(frame.positions.len(), frame.elements.len());
        }
    });
});
