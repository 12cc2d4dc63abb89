//! Files that are either whole or absent.

use std::fs::{File, Permissions};
use std::io::{BufWriter, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::{Error, Result};

/// How the names of temporary files begin.
const UNFINISHED: &str = ".unfinished-";

/// Remove the temporary files that a killed process left in `folder`. What cannot be removed stays: it does no harm.
pub fn sweep(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(UNFINISHED) {
            let _ = std::fs::remove_file(entry.path());
        }
    }
}

/// Write `bytes` to `path`, replacing what was there; at no time does a half-written file stand under that name.
///
/// The bytes go to a temporary file in the same folder, reach the disk, and are renamed. After a failure (disk full, no
/// permission) the old file is untouched and nothing is left behind.
///
/// # Errors
/// When the folder or the file cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    write_with(path, |out| out.write_all(bytes))
}

/// Like [`write()`], with the content produced by `fill`.
///
/// # Errors
/// As for [`write()`], and when `fill` fails.
pub fn write_with(path: &Path, fill: impl FnOnce(&mut dyn Write) -> std::io::Result<()>) -> Result<()> {
    let failed = |source| Error::io(path, source);
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(UNFINISHED)
        .permissions(Permissions::from_mode(0o666)) // less the user's umask, as for any new file
        .tempfile_in(folder)
        .map_err(failed)?;
    {
        let mut buffered = BufWriter::new(file.as_file_mut());
        fill(&mut buffered).map_err(failed)?;
        buffered.flush().map_err(failed)?;
    }
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    // The rename itself reaches the disk with the folder; some file systems cannot do that, which is no failure.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}
