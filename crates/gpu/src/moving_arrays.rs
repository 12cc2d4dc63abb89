use crate::arrays::Room;
use crate::device::Buffer;
use crate::error::GpuError;
use crate::network::GpuNetwork;

/// Arrays of a graph that stays on the device.
pub(crate) struct MovingArrays {
    room: Room,
    pub(crate) generation: Option<u64>,
    shift_count: usize,
    /// Edges and atoms.
    pub(crate) sizes: Buffer,
    pub(crate) receivers: Buffer,
    pub(crate) shift_of: Buffer,
    pub(crate) shifts: Buffer,
    pub(crate) reversed: Buffer,
    pub(crate) positions: Buffer,
    pub(crate) limits: Buffer,
    pub(crate) forces: Buffer,
    pub(crate) closest: Buffer,
    pub(crate) virials: Buffer,
}

impl MovingArrays {
    pub(crate) fn new(network: &GpuNetwork, atoms: usize, edges: usize, shifts: usize) -> Result<Self, GpuError> {
        let edges = edges + edges / 8;
        let mut room = Room::new(&network.device, atoms, edges);
        let species = network.shape.species;
        Ok(Self {
            generation: None,
            shift_count: 2 * shifts,
            sizes: room.array(2)?,
            receivers: room.array(edges)?,
            shift_of: room.array(edges)?,
            shifts: room.array(6 * shifts)?,
            reversed: room.array(edges)?,
            positions: room.array(3 * atoms)?,
            limits: room.array(species * species)?,
            forces: room.array(3 * atoms)?,
            closest: room.array(atoms)?,
            virials: room.array(9 * atoms)?,
            room,
        })
    }

    pub(crate) fn fit(&self, atoms: usize, edges: usize, shifts: usize) -> bool {
        self.room.fit(atoms, edges) && shifts <= self.shift_count
    }
}
