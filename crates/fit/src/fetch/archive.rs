//! One member out of a `.tar.bz2` archive, without unpacking the rest to disk.

use std::io::{Error, ErrorKind, Read, Result, Write};

/// Members larger than this are refused; rMD17's largest has 0.18 GB.
const LARGEST_MEMBER: u64 = 1 << 30;

/// Copies the member whose path ends in `/name` (or is `name`) from the `.tar.bz2` stream `archive` to `out`.
///
/// # Errors
/// When the archive is damaged, ends early or has no such member, or `out` cannot be written.
pub fn extract(archive: impl Read, name: &str, out: &mut dyn Write) -> Result<()> {
    let mut archive = bzip2::read::MultiBzDecoder::new(archive);
    let damaged = |reason: &str| Error::new(ErrorKind::InvalidData, format!("the archive is damaged: {reason}"));
    let mut header = [0_u8; 512];
    loop {
        archive.read_exact(&mut header)?;
        if header.iter().all(|&byte| byte == 0) {
            return Err(Error::new(ErrorKind::NotFound, format!("the archive has no member {name}")));
        }
        let path = text(&header[..100]);
        let digits = text(&header[124..136]);
        let size = u64::from_str_radix(digits.trim(), 8).map_err(|_| damaged("a size is not octal"))?;
        if path == name || path.ends_with(&format!("/{name}")) {
            if size > LARGEST_MEMBER {
                return Err(damaged("a member claims more than 1 GiB"));
            }
            let copied = std::io::copy(&mut archive.take(size), out)?;
            return if copied == size { Ok(()) } else { Err(damaged("it ends early")) };
        }
        let padded = size.div_ceil(512).saturating_mul(512);
        if std::io::copy(&mut (&mut archive).take(padded), &mut std::io::sink())? != padded {
            return Err(damaged("it ends early"));
        }
    }
}

/// Text up to the first zero.
fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|&byte| byte == 0).unwrap_or(bytes.len());
    String::from_utf8_lossy(&bytes[..end]).into_owned()
}
