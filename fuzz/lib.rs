//! What the fuzz targets share. The readers of the library take paths, so every case goes through a file in memory.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// Hands `bytes` to `read` in a file called `name`, in `/dev/shm` where there is one.
pub fn with_file(name: &str, bytes: &[u8], read: impl FnOnce(&Path)) {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let memory = Path::new("/dev/shm");
        let root = if memory.is_dir() { memory.to_path_buf() } else { std::env::temp_dir() };
        let folder = root.join(format!("cormorant-fuzz-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for the cases");
        folder
    });
    let path = folder.join(name);
    std::fs::write(&path, bytes).expect("a file for the case");
    read(&path);
}

/// A safetensors file from `bytes`. An even first byte: the rest as it is. An odd one: two bytes say how long the header is,
/// and the length that the format wants before it is put right, so that changes of the header are not all refused alike.
pub fn safetensors(bytes: &[u8]) -> Vec<u8> {
    match bytes {
        [first, low, high, rest @ ..] if first % 2 == 1 => {
            let length = usize::from(u16::from_le_bytes([*low, *high])).min(rest.len());
            [&(length as u64).to_le_bytes()[..], rest].concat()
        }
        [_, rest @ ..] => rest.to_vec(),
        [] => Vec::new(),
    }
}
