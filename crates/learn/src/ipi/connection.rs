//! An open connection.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

/// An open connection of either kind of socket.
pub trait Connection: Read + Write + Send {
    /// How long a read waits before it fails; for ever with `None`.
    ///
    /// # Errors
    /// When the system refuses it.
    fn wait_at_most(&self, time: Option<Duration>) -> io::Result<()>;
}

impl Connection for UnixStream {
    fn wait_at_most(&self, time: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(time)
    }
}

impl Connection for TcpStream {
    fn wait_at_most(&self, time: Option<Duration>) -> io::Result<()> {
        self.set_read_timeout(time)
    }
}
