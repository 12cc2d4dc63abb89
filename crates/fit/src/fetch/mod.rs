//! Published data sets, fetched and checked.
//!
//! A file arrives under a temporary name, is checked, and only then gets its own name: what stands under that name is
//! whole. The environment variable [`BASE_URL`] replaces the addresses by `$CORMORANT_DATA_URL/FILE`, for mirrors.

mod archive;
mod catalog;

use std::fs::File;
use std::io::{BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use md5::Md5;
use sha2::{Digest, Sha256};

pub use archive::extract;

use catalog::{Checksum, ENTRIES, Entry};
use cormorant_core::atomic;
use cormorant_core::{Error, Result, hexadecimal};

/// Name of the environment variable that replaces the published addresses.
pub const BASE_URL: &str = "CORMORANT_DATA_URL";
/// Downloads larger than this are given up; the largest published file has 1.07 GB.
const LARGEST_FILE: u64 = 1 << 32;
/// Longest silence of a server.
const PATIENCE: Duration = Duration::from_secs(60);

/// A file that is now on disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The file.
    pub path: PathBuf,
    /// Where it came from; `None` if it was there already.
    pub url: Option<String>,
    /// Its SHA-256, hexadecimal.
    pub sha256: String,
    /// How it was checked, for printing.
    pub checked: String,
}

/// Called during a download with the bytes so far and, where the server says so, the bytes to come in all.
pub type Progress<'p> = &'p mut dyn FnMut(u64, Option<u64>);

/// Names that [`fetch`] knows, e.g. `rmd17:ethanol`.
pub fn names() -> impl Iterator<Item = &'static str> {
    ENTRIES.iter().map(|entry| entry.name)
}

/// Fetches the data set called `name` into `folder`, or checks the file that is there already.
///
/// # Errors
/// When the name is not known, the server cannot be reached or answers with an error, what arrives is not the published
/// file, or the folder cannot be written. Nothing half-written is left behind.
pub fn fetch(name: &str, folder: &Path, progress: Progress<'_>) -> Result<Fetched> {
    let base = std::env::var(BASE_URL).ok().filter(|base| !base.is_empty());
    fetch_from(base.as_deref(), name, folder, progress)
}

/// Like [`fetch`], with addresses `base/FILE` instead of the published ones where `base` is given.
///
/// # Errors
/// As for [`fetch`].
pub fn fetch_from(base: Option<&str>, name: &str, folder: &Path, progress: Progress<'_>) -> Result<Fetched> {
    let entry = ENTRIES.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let known: Vec<_> = names().collect();
        Error::Invalid(format!("there is no data set {name:?}; known are {}", known.join(", ")))
    })?;
    let path = folder.join(entry.file);
    if path.exists() {
        let sums = Sums::of_file(&path)?;
        let checked = recognize(entry.checksum, &path, &sums)?;
        return Ok(Fetched { path, url: None, sha256: sums.sha256, checked });
    }
    std::fs::create_dir_all(folder).map_err(|source| Error::io(folder, source))?;
    match (download(base, entry, &path, progress), entry.archive) {
        (Err(Failure::Gone(_)), Some(archive)) => from_archive(base, archive, entry, &path, progress),
        (result, _) => result.map_err(Failure::into_error),
    }
}

/// The member `entry` of an archive.
fn from_archive(
    base: Option<&str>,
    whole: &Entry,
    entry: &Entry,
    path: &Path,
    progress: Progress<'_>,
) -> Result<Fetched> {
    let place = path.with_file_name(whole.file);
    let archive = if place.exists() {
        let sums = Sums::of_file(&place)?;
        let checked = recognize(whole.checksum, &place, &sums)?;
        Fetched { path: place, url: None, sha256: sums.sha256, checked }
    } else {
        download(base, whole, &place, progress).map_err(Failure::into_error)?
    };
    let file = File::open(&archive.path).map_err(|source| Error::io(&archive.path, source))?;
    atomic::write_with(path, |out| archive::extract(BufReader::new(file), entry.file, out))?;
    let sha256 = Sums::of_file(path)?.sha256;
    let checked = format!("taken from {} ({})", whole.file, archive.checked);
    Ok(Fetched { path: path.to_path_buf(), url: archive.url, sha256, checked })
}

/// Why a download failed.
enum Failure {
    /// The server answers that there is no such file.
    Gone(Error),
    /// Anything else.
    Other(Error),
}

impl Failure {
    fn into_error(self) -> Error {
        match self {
            Self::Gone(error) | Self::Other(error) => error,
        }
    }
}

/// Downloads and checks one file.
fn download(base: Option<&str>, entry: &Entry, path: &Path, progress: Progress<'_>) -> Result<Fetched, Failure> {
    let url =
        base.map_or_else(|| entry.url.to_string(), |base| format!("{}/{}", base.trim_end_matches('/'), entry.file));
    let failed = |reason: String| Error::data(path, format!("could not be fetched from {url}: {reason}"));
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .timeout_connect(Some(PATIENCE))
        .timeout_recv_response(Some(PATIENCE))
        .timeout_per_read(Some(PATIENCE))
        .build()
        .into();
    let response = match agent.get(&url).call() {
        Ok(response) => response,
        Err(ureq::Error::StatusCode(status @ (404 | 410))) => {
            return Err(Failure::Gone(failed(format!("the server has no such file (status {status})"))));
        }
        Err(error) => return Err(Failure::Other(failed(format!("{error}; is this machine on the internet?")))),
    };
    let expected =
        response.headers().get("content-length").and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    let mut source = response.into_body().into_reader();
    let mut reason = None;
    let mut checked = None;
    let written = atomic::write_with(path, |out| {
        let outcome = receive(&mut source, out, expected, progress)
            .map_err(failed)
            .and_then(|sums| Ok((recognize(entry.checksum, path, &sums)?, sums)));
        match outcome {
            Ok(result) => checked = Some(result),
            Err(error) => {
                reason = Some(error);
                // Any failure makes the caller drop the temporary file; the reason is kept above.
                return Err(std::io::Error::other("the download failed"));
            }
        }
        Ok(())
    });
    match (written, reason, checked) {
        (Ok(()), _, Some((checked, sums))) => {
            if entry.checksum == Checksum::Unpublished {
                record(path, &sums.sha256).map_err(Failure::Other)?;
            }
            Ok(Fetched { path: path.to_path_buf(), url: Some(url), sha256: sums.sha256, checked })
        }
        (_, Some(error), _) | (Err(error), None, _) => Err(Failure::Other(error)),
        (Ok(()), None, None) => Err(Failure::Other(failed("nothing arrived".into()))),
    }
}

/// Copies the body to `out`, counting and summing.
fn receive(
    source: &mut dyn Read,
    out: &mut dyn Write,
    expected: Option<u64>,
    progress: Progress<'_>,
) -> Result<Sums, String> {
    let mut hashers = (Md5::new(), Sha256::new());
    let mut buffer = vec![0; 1 << 16];
    let mut received = 0;
    loop {
        let count = source
            .read(&mut buffer)
            .map_err(|error| format!("the connection broke after {received} bytes ({error})"))?;
        if count == 0 {
            break;
        }
        received += count as u64;
        if received > LARGEST_FILE {
            return Err(format!("the server sends more than {LARGEST_FILE} bytes"));
        }
        hashers.0.update(&buffer[..count]);
        hashers.1.update(&buffer[..count]);
        out.write_all(&buffer[..count]).map_err(|error| format!("writing failed ({error})"))?;
        progress(received, expected);
    }
    match expected.filter(|&expected| expected != received) {
        Some(expected) => Err(format!("only {received} of {expected} bytes arrived; try again")),
        None => Ok(Sums { md5: hexadecimal(&hashers.0.finalize()), sha256: hexadecimal(&hashers.1.finalize()) }),
    }
}

/// Checksums of a file, hexadecimal.
struct Sums {
    md5: String,
    sha256: String,
}

impl Sums {
    fn of_file(path: &Path) -> Result<Self> {
        let mut file = File::open(path).map_err(|source| Error::io(path, source))?;
        receive(&mut file, &mut std::io::sink(), None, &mut |_, _| ()).map_err(|reason| Error::data(path, reason))
    }
}

/// How the file with these sums is known to be the published one; an error if it is another.
fn recognize(checksum: Checksum, path: &Path, sums: &Sums) -> Result<String> {
    let (kind, expected, found, origin) = match checksum {
        Checksum::Md5(expected) => ("MD5", expected.to_string(), &sums.md5, "as published"),
        Checksum::Sha256(expected) => ("SHA-256", expected.to_string(), &sums.sha256, "as published"),
        Checksum::Unpublished => match std::fs::read_to_string(record_path(path)) {
            Ok(recorded) => {
                ("SHA-256", recorded.trim().to_string(), &sums.sha256, "as recorded when it was first fetched")
            }
            Err(_) => return Ok(format!("not compared: its publisher lists no checksum (SHA-256 {})", sums.sha256)),
        },
    };
    if expected == *found {
        return Ok(format!("{kind} {origin}"));
    }
    let remedy = "it may be damaged or replaced: delete it, if it is there, and fetch it again";
    Err(Error::data(
        path,
        format!("is not the file expected: its {kind} is {found}, but {expected} {origin}; {remedy}"),
    ))
}

fn record_path(path: &Path) -> PathBuf {
    path.with_extension("npz.sha256")
}

fn record(path: &Path, sha256: &str) -> Result<()> {
    atomic::write(&record_path(path), format!("{sha256}\n").as_bytes())
}
