//! Writes `.npz` archives for tests, honest and hostile ones.

/// The bytes of an uncompressed zip archive with the given entries.
pub(crate) fn zip(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut archive = Vec::new();
    let mut directory = Vec::new();
    for (name, content) in entries {
        let offset = archive.len() as u32;
        let size = (content.len() as u32).to_le_bytes();
        // Version, flags, method (stored), time, date.
        let common = [&[20, 0, 0, 0, 0, 0, 0, 0, 0x21, 0][..], &checksum(content).to_le_bytes(), &size, &size].concat();
        let lengths = [(name.len() as u16).to_le_bytes(), [0, 0]].concat();
        archive.extend([&b"PK\x03\x04"[..], &common, &lengths, name.as_bytes(), content].concat());
        let tail = [&[0; 10][..], &offset.to_le_bytes()].concat();
        directory.extend([&b"PK\x01\x02\x14\x00"[..], &common, &lengths, &tail, name.as_bytes()].concat());
    }
    let count = (entries.len() as u16).to_le_bytes();
    let (start, length) = ((archive.len() as u32).to_le_bytes(), (directory.len() as u32).to_le_bytes());
    archive.extend(directory);
    archive.extend([&b"PK\x05\x06\0\0\0\0"[..], &count, &count, &length, &start, &[0, 0]].concat());
    archive
}

/// The CRC-32 that zip asks for.
fn checksum(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { 0xedb8_8320 ^ (crc >> 1) } else { crc >> 1 })
    })
}

/// The bytes of an `.npy` file with the given type code, shape (as Python writes it) and payload.
pub(crate) fn npy(kind: &str, shape: &str, payload: &[u8]) -> Vec<u8> {
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
    [b"\x93NUMPY\x01\x00", &(header.len() as u16).to_le_bytes()[..], header.as_bytes(), payload].concat()
}

/// An `.npy` file of f64.
pub(crate) fn floats(shape: &str, numbers: &[f64]) -> Vec<u8> {
    npy("<f8", shape, &numbers.iter().flat_map(|x| x.to_le_bytes()).collect::<Vec<_>>())
}
