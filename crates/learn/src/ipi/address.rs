//! Where i-PI listens.

use std::io;
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::Connection;
use cormorant_core::{Error, Result};

/// What i-PI puts before the name of a Unix socket.
const PREFIX: &str = "/tmp/ipi_";
/// Time between two attempts to connect.
const PAUSE: Duration = Duration::from_millis(100);

/// The socket of an i-PI server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Address {
    /// A socket in the file system.
    Unix(PathBuf),
    /// A host and a port, e.g. `localhost:31415`.
    Tcp(String),
}

impl Address {
    /// The Unix socket that i-PI calls `name`: `/tmp/ipi_<name>`, or the path itself if there is a slash in it.
    #[must_use]
    pub fn unix(name: &str) -> Self {
        Self::Unix(if name.contains('/') { Path::new(name).to_path_buf() } else { format!("{PREFIX}{name}").into() })
    }

    /// The one that a user writes: a host and a port with a colon, or the name of a Unix socket.
    #[must_use]
    pub fn named(text: &str) -> Self {
        if text.contains(':') && !text.contains('/') { Self::Tcp(text.into()) } else { Self::unix(text) }
    }

    /// Connect, trying again for as long as `patience`: i-PI may start later, or start again.
    ///
    /// # Errors
    /// When nobody listened in all that time.
    pub fn connect(&self, patience: Duration) -> Result<Box<dyn Connection>> {
        let start = Instant::now();
        loop {
            match self.attempt() {
                Ok(connection) => return Ok(connection),
                Err(error) if start.elapsed() >= patience => {
                    return Err(Error::External(format!(
                        "no i-PI listens at {self} ({error}); start i-PI, or compare the address with its input"
                    )));
                }
                Err(_) => std::thread::sleep(PAUSE),
            }
        }
    }

    fn attempt(&self) -> io::Result<Box<dyn Connection>> {
        Ok(match self {
            Self::Unix(path) => Box::new(UnixStream::connect(path)?),
            Self::Tcp(address) => {
                let stream = TcpStream::connect(address)?;
                // Words of 12 bytes must not wait for company.
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
        })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unix(path) => write!(formatter, "the Unix socket {}", path.display()),
            Self::Tcp(address) => write!(formatter, "{address}"),
        }
    }
}
