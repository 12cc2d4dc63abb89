//! Cutting a trajectory back to the frames that a restart knows of.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::Path;

use super::{TrajectoryFormat, convert, dcd, netcdf};
use cormorant_core::{Error, Result};

/// Leave only the first `frames` frames of a trajectory that we wrote.
///
/// What a run wrote after its last restart file is cut off, also a frame that was only half written. With `bytes`, the
/// length of the file when it had those frames, nothing but its end and its header is touched.
///
/// # Errors
/// When the file has fewer frames, is damaged before that point, or cannot be written.
pub fn truncate(path: &Path, format: TrajectoryFormat, frames: u64, bytes: Option<u64>) -> Result<()> {
    if frames == 0 {
        File::create(path).map_err(|source| Error::io(path, source))?;
        return Ok(());
    }
    match (format, bytes) {
        (TrajectoryFormat::Dcd, _) => {
            enough(path, dcd::whole_frames(path)?, frames)?;
            dcd::truncate(path, frames)
        }
        (TrajectoryFormat::NetCdf, bytes) => {
            let layout = netcdf::Layout::read(path)?;
            if bytes.is_none() {
                enough(path, layout.frames, frames)?;
            }
            cut(path, bytes.unwrap_or(layout.length(frames))).and_then(|()| set_netcdf_records(path, frames))
        }
        (_, Some(bytes)) => cut(path, bytes),
        (TrajectoryFormat::ExtendedXyz, None) => cut(path, end_of_xyz(path, frames)?),
        (TrajectoryFormat::Pdb, None) => cut(path, end_of_pdb(path, frames)?),
        (TrajectoryFormat::Xtc | TrajectoryFormat::Trr, None) => copy(path, format, frames),
    }
}

fn enough(path: &Path, found: u64, wanted: u64) -> Result<()> {
    if found < wanted {
        return Err(Error::structure(
            path,
            format!("has {found} whole frames, but the restart file says {wanted} were written; it is damaged"),
        ));
    }
    Ok(())
}

fn cut(path: &Path, length: u64) -> Result<()> {
    let failed = |source| Error::io(path, source);
    let file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    let found = file.metadata().map_err(failed)?.len();
    if found < length {
        let message = format!("has {found} bytes, but the restart file says {length} were written; it is damaged");
        return Err(Error::structure(path, message));
    }
    file.set_len(length).map_err(failed)
}

/// The number of records in the header of a classic NetCDF file: bytes 4 to 8, big-endian.
fn set_netcdf_records(path: &Path, records: u64) -> Result<()> {
    let failed = |source| Error::io(path, source);
    let mut file = OpenOptions::new().write(true).open(path).map_err(failed)?;
    file.seek(SeekFrom::Start(netcdf::RECORDS)).map_err(failed)?;
    file.write_all(&u32::try_from(records).unwrap_or(u32::MAX).to_be_bytes()).map_err(failed)
}

/// Offset just after frame number `frames`.
fn end_of_xyz(path: &Path, frames: u64) -> Result<u64> {
    let failed = |source| Error::io(path, source);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let mut offset = 0;
    let mut line = Vec::new();
    for frame in 0..frames {
        let mut rest = 1_u64; // lines of the frame still to come
        let mut first = true;
        while rest > 0 {
            line.clear();
            offset += file.read_until(b'\n', &mut line).map_err(failed)? as u64;
            if line.last() != Some(&b'\n') {
                enough(path, frame, frames)?;
            }
            rest -= 1;
            if first {
                let count = std::str::from_utf8(&line).ok().and_then(|text| text.trim().parse::<u64>().ok());
                rest = 1 + count.ok_or_else(|| Error::structure(path, format!("frame {} is damaged", frame + 1)))?;
                first = false;
            }
        }
    }
    Ok(offset)
}

fn end_of_pdb(path: &Path, frames: u64) -> Result<u64> {
    let failed = |source| Error::io(path, source);
    let mut file = BufReader::new(File::open(path).map_err(failed)?);
    let (mut offset, mut found) = (0, 0);
    let mut line = Vec::new();
    while found < frames {
        line.clear();
        let length = file.read_until(b'\n', &mut line).map_err(failed)? as u64;
        if length == 0 {
            enough(path, found, frames)?;
        }
        offset += length;
        found += u64::from(line.starts_with(b"ENDMDL") && line.ends_with(b"\n"));
    }
    Ok(offset)
}

/// Through chemfiles: copy what is to stay to a new file and put that in place.
fn copy(path: &Path, format: TrajectoryFormat, frames: u64) -> Result<()> {
    convert::silence();
    let failed = |error: chemfiles::Error| convert::failed(path, &error);
    let name = format.chemfiles_name();
    let mut source = chemfiles::Trajectory::open_with_format(path, 'r', name).map_err(failed)?;
    let found = source.nsteps() as u64;
    enough(path, found, frames)?;
    if found == frames {
        return Ok(());
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = tempfile::Builder::new()
        .prefix(".unfinished-")
        .tempdir_in(folder)
        .map_err(|source| Error::io(folder, source))?;
    let shortened = temporary.path().join("trajectory");
    let mut target = chemfiles::Trajectory::open_with_format(&shortened, 'w', name).map_err(failed)?;
    let mut frame = chemfiles::Frame::new();
    for _ in 0..frames {
        source.read(&mut frame).map_err(failed)?;
        target.write(&frame).map_err(failed)?;
    }
    drop(target);
    std::fs::rename(&shortened, path).map_err(|source| Error::io(path, source))
}
