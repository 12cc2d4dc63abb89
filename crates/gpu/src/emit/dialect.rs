/// A language for kernels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// WGSL, which wgpu translates for every vendor.
    Wgsl,
    /// CUDA C, for NVRTC.
    Cuda,
}
