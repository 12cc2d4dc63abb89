//! Words and numbers on the wire.

use std::io::{self, Read, Write};

/// Length of a word in bytes.
const WORD: usize = 12;
/// More atoms, or a longer text, than any server sends: what claims it is not i-PI.
const MOST: usize = 100_000_000;

/// The next word.
///
/// # Errors
/// When the connection is broken.
pub fn read_word(from: &mut dyn Read) -> io::Result<String> {
    let mut bytes = [0; WORD];
    from.read_exact(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).trim().to_string())
}

/// Writes a word.
///
/// # Errors
/// When the connection is broken.
pub fn write_word(to: &mut dyn Write, word: &str) -> io::Result<()> {
    to.write_all(format!("{word:WORD$}").as_bytes())
}

/// A number of things.
///
/// # Errors
/// When the connection is broken, or it is no number of things.
pub fn read_count(from: &mut dyn Read) -> io::Result<usize> {
    let mut bytes = [0; 4];
    from.read_exact(&mut bytes)?;
    let count = i32::from_le_bytes(bytes);
    usize::try_from(count)
        .ok()
        .filter(|count| *count <= MOST)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("{count} is not a number of atoms or bytes")))
}

/// Writes a number of things.
///
/// # Errors
/// When the connection is broken.
pub fn write_count(to: &mut dyn Write, count: usize) -> io::Result<()> {
    to.write_all(&(count as i32).to_le_bytes())
}

/// The next `count` real numbers.
///
/// # Errors
/// When the connection is broken.
pub fn read_reals(from: &mut dyn Read, count: usize) -> io::Result<Vec<f64>> {
    let mut bytes = vec![0; 8 * count];
    from.read_exact(&mut bytes)?;
    Ok(bytes.as_chunks::<8>().0.iter().map(|&chunk| f64::from_le_bytes(chunk)).collect())
}

/// Writes real numbers.
///
/// # Errors
/// When the connection is broken.
pub fn write_reals(to: &mut dyn Write, values: impl IntoIterator<Item = f64>) -> io::Result<()> {
    values.into_iter().try_for_each(|value| to.write_all(&value.to_le_bytes()))
}

/// Passes over `count` bytes.
///
/// # Errors
/// When the connection is broken.
pub fn skip(from: &mut dyn Read, count: usize) -> io::Result<()> {
    io::copy(&mut from.take(count as u64), &mut io::sink()).map(|_| ())
}
