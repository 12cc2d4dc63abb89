//! A socket on which clients are awaited.

use std::io;
use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;

use super::{Address, Connection};
use cormorant_core::{Error, Result};

/// A socket on which clients are awaited; that of a file system is removed when this is dropped.
#[derive(Debug)]
pub struct Listener {
    socket: Socket,
}

#[derive(Debug)]
enum Socket {
    Unix(UnixListener, PathBuf),
    Tcp(TcpListener),
}

impl Listener {
    /// Listens at `address`.
    ///
    /// # Errors
    /// When somebody else listens there, or the address is not one of this machine.
    pub fn at(address: &Address) -> Result<Self> {
        let wrong = |source: io::Error| {
            Error::External(format!("cannot listen at {address}: {source}; name another socket or port in `ipi`"))
        };
        let socket = match address {
            Address::Unix(path) => {
                // What a killed program has left behind; one that somebody listens at stays.
                if path.exists() && UnixStream::connect(path).is_err() {
                    std::fs::remove_file(path).map_err(wrong)?;
                }
                let socket = UnixListener::bind(path).map_err(wrong)?;
                socket.set_nonblocking(true).map_err(wrong)?;
                Socket::Unix(socket, path.clone())
            }
            Address::Tcp(address) => {
                let socket = TcpListener::bind(address).map_err(wrong)?;
                socket.set_nonblocking(true).map_err(wrong)?;
                Socket::Tcp(socket)
            }
        };
        Ok(Self { socket })
    }

    /// The next client, if one is there.
    ///
    /// # Errors
    /// When the system refuses it.
    pub fn next(&self) -> io::Result<Option<Box<dyn Connection>>> {
        let found: io::Result<Box<dyn Connection>> = match &self.socket {
            Socket::Unix(socket, _) => socket.accept().and_then(|(stream, _)| {
                stream.set_nonblocking(false)?;
                Ok(Box::new(stream) as Box<dyn Connection>)
            }),
            Socket::Tcp(socket) => socket.accept().and_then(|(stream, _)| {
                stream.set_nonblocking(false)?;
                // Words of 12 bytes must not wait for company.
                stream.set_nodelay(true)?;
                Ok(Box::new(stream) as Box<dyn Connection>)
            }),
        };
        match found {
            Ok(connection) => Ok(Some(connection)),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Socket::Unix(_, path) = &self.socket {
            let _ = std::fs::remove_file(path);
        }
    }
}
