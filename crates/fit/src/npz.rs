//! Arrays out of `.npz` archives, read with suspicion.
//!
//! An `.npz` file is a zip archive of `.npy` arrays. Their headers and payloads are parsed here, because the parsers of
//! npyz recurse on nested brackets (a hostile header could exhaust the stack) and give up on object arrays, which MD-17
//! files use for the names of their units. Nothing is allocated on the word of a header: the payload is read first, within a limit, and
//! must then have exactly the size that the header states. Pickled objects are never executed.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use super::label_units::LabelUnits;
use cormorant_core::{Error, Result};

/// Most bytes that one array may have once unpacked; original MD-17's largest has 0.12 GB.
const LARGEST_ARRAY: u64 = 1 << 30;
/// Most bytes that a header may have; numpy writes 118.
const LARGEST_HEADER: usize = 1 << 14;
/// Arrays above 16 MiB that shrank further than this are taken for a decompression bomb: floating point data shrinks to a
/// half at best.
const LARGEST_RATIO: u64 = 100;

/// An open archive of arrays.
pub(super) struct Archive<'p> {
    path: &'p Path,
    archive: ZipArchive<BufReader<File>>,
}

/// One array as it is in the file.
pub(super) struct RawArray {
    name: String,
    /// numpy's type code with byte order, e.g. `<f8`.
    kind: String,
    shape: Vec<usize>,
    /// Whether the first axis is the fastest.
    fortran: bool,
    payload: Vec<u8>,
}

impl<'p> Archive<'p> {
    /// Opens the archive at `path`.
    pub(super) fn open(path: &'p Path) -> Result<Self> {
        let file = File::open(path).map_err(|source| Error::io(path, source))?;
        let archive = ZipArchive::new(BufReader::new(file)).map_err(|source| {
            Error::data(
                path,
                format!("not a complete npz archive ({source}); it may be truncated: copy or download it again"),
            )
        })?;
        Ok(Self { path, archive })
    }

    /// Names of the arrays, sorted.
    pub(super) fn names(&self) -> Vec<String> {
        let mut names: Vec<_> = self
            .archive
            .file_names()
            .flatten()
            .filter_map(|name| name.strip_suffix(".npy").map(str::to_string))
            .collect();
        names.sort();
        names
    }

    /// The array called `name`, if there is one.
    pub(super) fn array(&mut self, name: &str) -> Result<Option<RawArray>> {
        let path = self.path;
        let broken = |reason: String| Error::data(path, format!("array `{name}`: {reason}"));
        let zip = &mut self.archive;
        let file_name = format!("{name}.npy");
        if !zip.file_names().flatten().any(|existing| existing == file_name) {
            return Ok(None);
        }
        let entry = zip
            .by_name(&file_name)
            .map_err(|source| broken(format!("cannot be unpacked ({source}); copy or download the file again")))?;
        let (packed, unpacked) = (entry.compressed_size(), entry.size());
        if unpacked > LARGEST_ARRAY {
            return Err(broken(format!("claims {unpacked} bytes; at most {LARGEST_ARRAY} are read; divide the data")));
        }
        if unpacked > 1 << 24 && unpacked / LARGEST_RATIO > packed {
            return Err(broken(format!(
                "would grow from {packed} to {unpacked} bytes, as no measured data do; download the file again from where it is published"
            )));
        }
        let mut bytes = Vec::new();
        entry.take(unpacked + 1).read_to_end(&mut bytes).map_err(|source| {
            broken(format!("cannot be unpacked ({source}); the file is damaged: copy or download it again"))
        })?;
        RawArray::parse(name, bytes).map(Some).map_err(|fault| broken(format!("{}; {}", fault.reason, fault.remedy)))
    }
}

/// What is wrong with the header of an array, and what to do.
struct Fault {
    reason: String,
    remedy: &'static str,
}

impl<S: Into<String>> From<S> for Fault {
    fn from(reason: S) -> Self {
        Self { reason: reason.into(), remedy: "save it again with numpy.savez" }
    }
}

impl Fault {
    /// One of an array that is not of plain numbers.
    fn not_plain(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), remedy: "save plain arrays of numbers" }
    }
}

impl RawArray {
    fn parse(name: &str, mut bytes: Vec<u8>) -> Result<Self, Fault> {
        let (header, start) = split_header(&bytes)?;
        let kind =
            quoted(field(header, "descr")?).ok_or_else(|| Fault::not_plain("is a structured array"))?.to_string();
        let fortran = field(header, "fortran_order")?.starts_with("True");
        let shape = parse_shape(field(header, "shape")?)?;
        bytes.drain(..start);
        Ok(Self { name: name.to_string(), kind, shape, fortran, payload: bytes })
    }

    /// Lengths of the axes.
    pub(super) fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The numbers as f64, whatever their type in the file; C order.
    pub(super) fn numbers(&self, path: &Path) -> Result<Vec<f64>> {
        let convert: fn(&[u8]) -> f64 = match self.kind.as_str() {
            "<f8" => |b| f64::from_le_bytes(fixed(b)),
            ">f8" => |b| f64::from_be_bytes(fixed(b)),
            "<f4" => |b| f32::from_le_bytes(fixed(b)).into(),
            ">f4" => |b| f32::from_be_bytes(fixed(b)).into(),
            "|u1" | "|b1" => |b| b[0].into(),
            "|i1" => |b| i8::from_le_bytes(fixed(b)).into(),
            "<u2" => |b| u16::from_le_bytes(fixed(b)).into(),
            ">u2" => |b| u16::from_be_bytes(fixed(b)).into(),
            "<i2" => |b| i16::from_le_bytes(fixed(b)).into(),
            ">i2" => |b| i16::from_be_bytes(fixed(b)).into(),
            "<u4" => |b| u32::from_le_bytes(fixed(b)).into(),
            ">u4" => |b| u32::from_be_bytes(fixed(b)).into(),
            "<i4" => |b| i32::from_le_bytes(fixed(b)).into(),
            ">i4" => |b| i32::from_be_bytes(fixed(b)).into(),
            "<u8" => |b| u64::from_le_bytes(fixed(b)) as f64,
            ">u8" => |b| u64::from_be_bytes(fixed(b)) as f64,
            "<i8" => |b| i64::from_le_bytes(fixed(b)) as f64,
            ">i8" => |b| i64::from_be_bytes(fixed(b)) as f64,
            other => {
                let reason =
                    format!("array `{}` has type {other}; which is not read; save it as integers or floats", self.name);
                return Err(Error::data(path, reason));
            }
        };
        let width = usize::from(self.kind.as_bytes()[2] - b'0');
        let expected = self.shape.iter().try_fold(width, |bytes, &axis| bytes.checked_mul(axis));
        if expected != Some(self.payload.len()) {
            return Err(Error::data(
                path,
                format!(
                    "array `{}` says it has shape {:?} of {}, but {} bytes follow; save it again with numpy.savez",
                    self.name,
                    self.shape,
                    self.kind,
                    self.payload.len()
                ),
            ));
        }
        let numbers: Vec<f64> = self.payload.chunks_exact(width).map(convert).collect();
        Ok(if self.fortran { last_axis_fastest(&numbers, &self.shape) } else { numbers })
    }

    /// Whether the array holds numbers or truth values.
    pub(super) fn is_numeric(&self) -> bool {
        self.kind.get(1..2).is_some_and(|kind| "fiub".contains(kind))
    }

    /// The name of a unit, from a scalar of bytes, of unicode, or a pickled string; `None` if there is none to be found.
    ///
    /// A pickle is searched for the known names behind the operation code that introduces a string; it is not executed.
    pub(super) fn unit_name(&self) -> Option<String> {
        let text = match self.kind.get(..2)? {
            "|S" => String::from_utf8(self.payload.clone()).ok()?,
            "<U" => {
                let code_points = self.payload.chunks_exact(4).map(|b| char::from_u32(u32::from_le_bytes(fixed(b))));
                code_points.take(64).collect::<Option<String>>()?
            }
            "|O" => LabelUnits::spellings().find(|name| pickle_holds(&self.payload, name))?.to_string(),
            _ => return None,
        };
        let text = text.trim_matches(['\0', ' ']);
        (!text.is_empty()).then(|| text.to_string())
    }
}

/// Numbers whose first axis is the fastest, put into the order in which the last one is.
fn last_axis_fastest(numbers: &[f64], shape: &[usize]) -> Vec<f64> {
    let mut index = vec![0; shape.len()];
    let next = |_| {
        let place = index.iter().zip(shape).rev().fold(0, |place, (at, length)| place * length + at);
        for (at, &length) in index.iter_mut().zip(shape).rev() {
            *at += 1;
            if *at < length {
                break;
            }
            *at = 0;
        }
        numbers[place]
    };
    (0..numbers.len()).map(next).collect()
}

/// Whether a pickle holds the string `text`: SHORT_BINUNICODE, BINUNICODE, SHORT_BINSTRING or UNICODE before it.
fn pickle_holds(pickle: &[u8], text: &str) -> bool {
    let length = text.len() as u8;
    let forms = [
        [&[0x8c, length], text.as_bytes()].concat(),
        [&[b'X', length, 0, 0, 0], text.as_bytes()].concat(),
        [&[b'U', length], text.as_bytes()].concat(),
        [b"V", text.as_bytes(), b"\n"].concat(),
    ];
    forms.iter().any(|form| pickle.windows(form.len()).any(|window| window == form))
}

/// The text of an npy header and where the data begin.
fn split_header(bytes: &[u8]) -> Result<(&str, usize), Fault> {
    let magic = bytes.get(..8).filter(|magic| magic.starts_with(b"\x93NUMPY")).ok_or("is not in numpy's format")?;
    let (length, start) = match (magic[6], bytes) {
        (1, [_, _, _, _, _, _, _, _, low, high, ..]) => (usize::from(u16::from_le_bytes([*low, *high])), 10),
        (2 | 3, [_, _, _, _, _, _, _, _, a, b, c, d, ..]) => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 12),
        (version, _) => return Err(format!("has a header of unknown version {version}").into()),
    };
    if length > LARGEST_HEADER {
        return Err(Fault::not_plain(format!("has a header of {length} bytes; at most {LARGEST_HEADER} are read")));
    }
    let header = bytes.get(start..start + length).ok_or("ends inside its header")?;
    let header = std::str::from_utf8(header).map_err(|_| "has a header that is not text")?;
    Ok((header, start + length))
}

/// What follows `'name':` in a header.
fn field<'h>(header: &'h str, name: &str) -> Result<&'h str, String> {
    let place = header.find(&format!("'{name}'")).ok_or_else(|| format!("its header lacks '{name}'"))?;
    let rest = header[place + name.len() + 2..].trim_start();
    rest.strip_prefix(':').map(str::trim_start).ok_or_else(|| format!("its header is damaged after '{name}'"))
}

fn quoted(text: &str) -> Option<&str> {
    text.strip_prefix('\'')?.split('\'').next()
}

fn parse_shape(text: &str) -> Result<Vec<usize>, String> {
    let inside = text.strip_prefix('(').and_then(|rest| rest.split_once(')')).ok_or("its header has no shape")?.0;
    let axes = inside.split(',').map(str::trim).filter(|axis| !axis.is_empty());
    axes.map(|axis| axis.trim_end_matches('L').parse().map_err(|_| format!("its header has the axis {axis:?}")))
        .collect()
}

/// The bytes of one number; the callers cut slices of exactly this length.
fn fixed<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(&bytes[..N]);
    array
}
