//! A network with its weights on a device.

use std::sync::Arc;

use cormorant_kernels::LANES;
use cormorant_kernels::network::{Plan, Shape, Weights};

use crate::device::{Buffer, Device, Program};
use crate::emit::NetworkKernels;
use crate::error::GpuError;

/// The programs of one layer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct LayerPrograms {
    pub(crate) messages: Program,
    pub(crate) atoms: Program,
    pub(crate) atoms_back: Program,
    pub(crate) messages_back: Program,
}

/// The programs around them that let a graph stay on the device.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MovingPrograms {
    pub(crate) vectors: Program,
    pub(crate) forces: Program,
    pub(crate) virials: Program,
}

/// Kernels and weights of a network, ready on a device. It does not change, and many workspaces may share it.
pub struct GpuNetwork {
    pub(crate) device: Arc<dyn Device>,
    pub(crate) shape: Shape,
    pub(crate) layers: Vec<LayerPrograms>,
    pub(crate) moving: MovingPrograms,
    pub(crate) atoms_of_group: usize,
    pub(crate) weights: Buffer,
    pub(crate) turned: Buffer,
    /// Radial functions of each layer.
    pub(crate) tables: Vec<Buffer>,
}

impl GpuNetwork {
    /// The network of `shape` with packed `weights`, whose radial functions have knots `knot_spacing` Å apart, on `device`.
    ///
    /// # Errors
    /// When the network has fewer than 16 channels, the device has too little of something, or its driver refuses the kernels.
    pub fn new(device: Arc<dyn Device>, shape: &Shape, weights: &[f64], knot_spacing: f64) -> Result<Self, GpuError> {
        Self::check(shape)?;
        let plan = Plan::<f32>::new(shape);
        let packed: Vec<f32> = weights.iter().map(|&weight| weight as f32).collect();
        let ready = Weights::splined(&plan, &packed, knot_spacing, 0.0);
        let (spacing, knots) = ready.grid().unwrap_or((knot_spacing, 1));
        let kernels = NetworkKernels::emit(device.dialect(), shape, spacing, knots);
        let layers = kernels
            .layers
            .iter()
            .map(|layer| {
                Ok(LayerPrograms {
                    messages: device.program(&layer.messages)?,
                    atoms: device.program(&layer.atoms)?,
                    atoms_back: device.program(&layer.atoms_back)?,
                    messages_back: device.program(&layer.messages_back)?,
                })
            })
            .collect::<Result<_, GpuError>>()?;
        let moving = MovingPrograms {
            vectors: device.program(&kernels.moving.vectors)?,
            forces: device.program(&kernels.moving.forces)?,
            virials: device.program(&kernels.moving.virials)?,
        };
        let array = |values: &[f32]| -> Result<Buffer, GpuError> {
            let buffer = device.buffer(4 * values.len())?;
            device.write(buffer, bytemuck::cast_slice(values))?;
            Ok(buffer)
        };
        let tables =
            (0..shape.layers).map(|layer| array(&ready.table(&plan, layer))).collect::<Result<_, GpuError>>()?;
        let (packed, turned) = (array(ready.packed())?, array(&ready.transposed(&plan))?);
        let atoms_of_group = kernels.atoms_of_group;
        Ok(Self { device, shape: shape.clone(), layers, moving, atoms_of_group, weights: packed, turned, tables })
    }

    /// Refuses a network that no device can compute.
    ///
    /// # Errors
    /// When it has fewer than 16 channels.
    pub fn check(shape: &Shape) -> Result<(), GpuError> {
        if shape.channels < LANES { Err(GpuError::TooNarrow { channels: shape.channels }) } else { Ok(()) }
    }

    /// Where it is.
    #[must_use]
    pub fn device(&self) -> &dyn Device {
        &*self.device
    }

    /// Its sizes.
    #[must_use]
    pub fn shape(&self) -> &Shape {
        &self.shape
    }
}

impl Drop for GpuNetwork {
    fn drop(&mut self) {
        for &buffer in [self.weights, self.turned].iter().chain(&self.tables) {
            self.device.release(buffer);
        }
    }
}
