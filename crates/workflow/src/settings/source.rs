//! The text of an input file and the making of errors that point into it.

use std::ops::Range;
use std::path::{Path, PathBuf};

use cormorant_core::InputError;
use cormorant_core::{Error, Result};

/// No input written by a person is longer; what is, is another kind of file.
const LONGEST: u64 = 1 << 20;

/// An input file: where it is and what it says.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The file as it was named.
    pub path: PathBuf,
    /// Its text.
    pub text: String,
}

impl Source {
    /// Read `path`, refusing what cannot be an input.
    pub fn read(path: &Path) -> Result<Self> {
        let failed = |source| Error::io(path, source);
        let about = std::fs::metadata(path).map_err(failed)?;
        if about.is_dir() {
            return Err(Error::Invalid(format!("{}: is a folder; name an input file (.toml)", path.display())));
        }
        if about.len() > LONGEST {
            return Err(Error::Invalid(format!(
                "{}: has {} bytes, more than any input; name an input file (.toml)",
                path.display(),
                about.len()
            )));
        }
        let bytes = std::fs::read(path).map_err(failed)?;
        let text = String::from_utf8(bytes)
            .map_err(|_| Error::Invalid(format!("{}: is not text; name an input file (.toml)", path.display())))?;
        Ok(Self { path: path.to_path_buf(), text })
    }

    /// The folder that relative paths in this file start from, absolute.
    pub fn folder(&self) -> Result<PathBuf> {
        let whole = std::path::absolute(&self.path).map_err(|source| Error::io(&self.path, source))?;
        Ok(whole.parent().map_or_else(PathBuf::new, Path::to_path_buf))
    }

    /// An error that points at `place`.
    pub fn error(&self, place: Range<usize>, message: impl Into<String>, remedy: impl Into<String>) -> Error {
        let remedy = remedy.into();
        Error::Input(Box::new(InputError {
            message: message.into(),
            remedy: (!remedy.is_empty()).then_some(remedy),
            file: self.path.display().to_string(),
            text: self.text.clone(),
            place: Some(place),
        }))
    }
}

/// `path` without `.` and `..` where that needs no look at the disk.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut parts: Vec<Component> = Vec::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir if matches!(parts.last(), Some(Component::Normal(_))) => {
                parts.pop();
            }
            Component::ParentDir if matches!(parts.last(), Some(Component::RootDir)) => {}
            other => parts.push(other),
        }
    }
    parts.iter().collect()
}

/// `path` as seen from `folder`; both absolute.
pub(crate) fn relative(path: &Path, folder: &Path) -> PathBuf {
    let (path, folder) = (tidy(path), tidy(folder));
    let shared = path.components().zip(folder.components()).take_while(|(a, b)| a == b).count();
    let up = folder.components().skip(shared).map(|_| std::path::Component::ParentDir);
    let whole: PathBuf = up.chain(path.components().skip(shared)).collect();
    if whole.as_os_str().is_empty() { PathBuf::from(".") } else { whole }
}

#[cfg(test)]
mod tests {
    use super::{relative, tidy};
    use std::path::Path;

    #[test]
    fn paths_are_tidied_and_made_relative() {
        assert_eq!(tidy(Path::new("/a/b/../c/./d")), Path::new("/a/c/d"));
        assert_eq!(tidy(Path::new("/../a")), Path::new("/a"));
        assert_eq!(relative(Path::new("/a/models/x"), Path::new("/a/outputs/run")), Path::new("../../models/x"));
        assert_eq!(relative(Path::new("/a/b"), Path::new("/a/b")), Path::new("."));
    }
}
