use std::fmt;

/// A graphics processor that a driver offers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adapter {
    /// Its place in the list.
    pub index: usize,
    /// Its name, e.g. `NVIDIA GeForce RTX 4090`.
    pub name: String,
    /// Name and version of the driver.
    pub driver: String,
    /// The interface that it is reached by, e.g. `Vulkan`.
    pub interface: String,
    /// Whether it is a program on the processor that behaves like one.
    pub software: bool,
}

impl fmt::Display for Adapter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let software = if self.software { ", software" } else { "" };
        write!(f, "{} ({}, {}{software})", self.name, self.interface, self.driver)
    }
}
