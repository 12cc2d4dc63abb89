//! Graphics processors of every vendor, through wgpu. The only file that knows of it: it has a major release every few months.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use wgpu::{
    Backends, BindGroup, BindGroupDescriptor, BindGroupEntry, BindGroupLayout, BindGroupLayoutDescriptor,
    BindGroupLayoutEntry, BindingType, BufferBindingType, BufferDescriptor, BufferUsages, CommandEncoderDescriptor,
    ComputePassDescriptor, ComputePipeline, ComputePipelineDescriptor, DeviceDescriptor, DeviceType, ErrorFilter,
    Instance, InstanceDescriptor, Limits, MapMode, PipelineCompilationOptions, PipelineLayoutDescriptor, PollType,
    ShaderModuleDescriptor, ShaderRuntimeChecks, ShaderSource, ShaderStages,
};

use super::contract::{Buffer, Command, Device, Program};
use crate::adapter::Adapter;
use crate::emit::{Dialect, GROUPS, Kernel};
use crate::error::GpuError;

/// What a driver offers, and what it is.
pub(super) type Offer = (wgpu::Adapter, Adapter);

/// All that drivers offer.
pub(super) fn offers() -> Vec<Offer> {
    let instance = Instance::new(InstanceDescriptor::new_without_display_handle());
    let all = pollster::block_on(instance.enumerate_adapters(Backends::VULKAN | Backends::METAL | Backends::DX12));
    let describe = |(index, adapter): (usize, wgpu::Adapter)| {
        let info = adapter.get_info();
        let driver = format!("{} {}", info.driver, info.driver_info).trim().to_string();
        let description = Adapter {
            index,
            name: info.name,
            driver,
            interface: format!("{:?}", info.backend),
            software: info.device_type == DeviceType::Cpu,
        };
        (adapter, description)
    };
    all.into_iter().enumerate().map(describe).collect()
}

/// Opens one of the offers.
pub(super) fn open((adapter, description): &Offer) -> Result<Arc<dyn Device>, GpuError> {
    let lost = |reason: String| GpuError::Lost { adapter: description.name.clone(), reason };
    let limits = adapter.limits();
    let descriptor = DeviceDescriptor { required_limits: limits.clone(), ..Default::default() };
    let (device, queue) =
        pollster::block_on(adapter.request_device(&descriptor)).map_err(|error| lost(error.to_string()))?;
    let failure: Arc<Mutex<Option<String>>> = Arc::default();
    let (of_errors, of_loss) = (Arc::clone(&failure), Arc::clone(&failure));
    device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| keep(&of_errors, error.to_string())));
    device.set_device_lost_callback(move |_, message| keep(&of_loss, message));
    Ok(Arc::new(WgpuDevice { adapter: description.clone(), device, queue, limits, failure, state: Mutex::default() }))
}

/// The first failure is the one to tell.
fn keep(place: &Mutex<Option<String>>, message: String) {
    locked(place).get_or_insert(message);
}

/// A poisoned lock means that another thread panicked; what it guards is whole after every statement.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct WgpuDevice {
    adapter: Adapter,
    device: wgpu::Device,
    queue: wgpu::Queue,
    limits: Limits,
    failure: Arc<Mutex<Option<String>>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    buffers: HashMap<usize, wgpu::Buffer>,
    programs: Vec<(ComputePipeline, BindGroupLayout)>,
    groups: HashMap<(Program, Vec<Buffer>), BindGroup>,
    /// What is read goes through this.
    staging: Option<wgpu::Buffer>,
    next: usize,
}

impl WgpuDevice {
    fn lost(&self, reason: String) -> GpuError {
        GpuError::Lost { adapter: self.adapter.name.clone(), reason }
    }

    /// What went wrong since the device was opened.
    fn check(&self) -> Result<(), GpuError> {
        match &*locked(&self.failure) {
            None => Ok(()),
            Some(reason) => Err(self.lost(reason.clone())),
        }
    }

    fn room(&self, what: &'static str, has: u64, needs: u64) -> Result<(), GpuError> {
        if needs <= has {
            return Ok(());
        }
        Err(GpuError::TooSmall { adapter: self.adapter.name.clone(), what, has, needs })
    }

    fn array(&self, bytes: usize, usage: BufferUsages) -> Result<wgpu::Buffer, GpuError> {
        let size = (bytes as u64).next_multiple_of(4).max(4);
        let most = self.limits.max_buffer_size.min(self.limits.max_storage_buffer_binding_size);
        self.room("bytes for one array", most, size)?;
        let scope = self.device.push_error_scope(ErrorFilter::OutOfMemory);
        let buffer =
            self.device.create_buffer(&BufferDescriptor { label: None, size, usage, mapped_at_creation: false });
        match pollster::block_on(scope.pop()) {
            None => Ok(buffer),
            Some(_) => Err(GpuError::OutOfMemory { adapter: self.adapter.name.clone(), bytes }),
        }
    }
}

impl Device for WgpuDevice {
    fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    fn dialect(&self) -> Dialect {
        Dialect::Wgsl
    }

    #[allow(unsafe_code, reason = "kernels without checks of bounds")]
    fn program(&self, kernel: &Kernel) -> Result<Program, GpuError> {
        let limits = &self.limits;
        self.room(
            "arrays in one kernel",
            limits.max_storage_buffers_per_shader_stage.into(),
            kernel.parameters.len() as u64,
        )?;
        self.room(
            "threads in a workgroup",
            limits.max_compute_invocations_per_workgroup.into(),
            kernel.threads as u64,
        )?;
        let shared = u64::from(limits.max_compute_workgroup_storage_size);
        self.room("bytes of memory in a workgroup", shared, kernel.shared_bytes as u64)?;
        let source = ShaderModuleDescriptor {
            label: Some(&kernel.name),
            source: ShaderSource::Wgsl(kernel.code.as_str().into()),
        };
        // The batch was checked: every index that a kernel computes lies within its arrays, and every loop ends.
        let module = unsafe { self.device.create_shader_module_trusted(source, ShaderRuntimeChecks::unchecked()) };
        let entry = |(binding, parameter): (usize, &crate::emit::Parameter)| BindGroupLayoutEntry {
            binding: binding as u32,
            visibility: ShaderStages::COMPUTE,
            ty: BindingType::Buffer {
                ty: BufferBindingType::Storage { read_only: !parameter.written },
                has_dynamic_offset: false,
                min_binding_size: None,
            },
            count: None,
        };
        let entries: Vec<_> = kernel.parameters.iter().enumerate().map(entry).collect();
        let layout =
            self.device.create_bind_group_layout(&BindGroupLayoutDescriptor { label: None, entries: &entries });
        let whole = self.device.create_pipeline_layout(&PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&layout)],
            immediate_size: 0,
        });
        let pipeline = self.device.create_compute_pipeline(&ComputePipelineDescriptor {
            label: Some(&kernel.name),
            layout: Some(&whole),
            module: &module,
            entry_point: Some(&kernel.name),
            compilation_options: PipelineCompilationOptions {
                zero_initialize_workgroup_memory: false,
                ..Default::default()
            },
            cache: None,
        });
        self.check()?;
        let mut state = locked(&self.state);
        state.programs.push((pipeline, layout));
        Ok(Program(state.programs.len() - 1))
    }

    fn buffer(&self, bytes: usize) -> Result<Buffer, GpuError> {
        let usage = BufferUsages::STORAGE | BufferUsages::COPY_SRC | BufferUsages::COPY_DST;
        let buffer = self.array(bytes, usage)?;
        let mut state = locked(&self.state);
        state.next += 1;
        let number = state.next;
        state.buffers.insert(number, buffer);
        Ok(Buffer(number))
    }

    fn release(&self, buffer: Buffer) {
        let mut state = locked(&self.state);
        state.groups.retain(|(_, buffers), _| !buffers.contains(&buffer));
        state.buffers.remove(&buffer.0);
    }

    fn write(&self, buffer: Buffer, bytes: &[u8]) -> Result<(), GpuError> {
        if let Some(place) = locked(&self.state).buffers.get(&buffer.0) {
            self.queue.write_buffer(place, 0, bytes);
        }
        self.check()
    }

    fn submit(&self, commands: &[Command]) -> Result<(), GpuError> {
        let mut state = locked(&self.state);
        let State { buffers, programs, groups, .. } = &mut *state;
        let mut encoder = self.device.create_command_encoder(&CommandEncoderDescriptor::default());
        for command in commands {
            match command {
                Command::Clear(buffer) => encoder.clear_buffer(&buffers[&buffer.0], 0, None),
                Command::Run { groups: 0, .. } => {}
                Command::Run { program, buffers: of_command, groups: count } => {
                    let (pipeline, layout) = &programs[program.0];
                    let group = groups.entry((*program, of_command.clone())).or_insert_with(|| {
                        let entry = |(binding, buffer): (usize, &Buffer)| BindGroupEntry {
                            binding: binding as u32,
                            resource: buffers[&buffer.0].as_entire_binding(),
                        };
                        let entries: Vec<_> = of_command.iter().enumerate().map(entry).collect();
                        self.device.create_bind_group(&BindGroupDescriptor { label: None, layout, entries: &entries })
                    });
                    let mut pass = encoder.begin_compute_pass(&ComputePassDescriptor::default());
                    pass.set_pipeline(pipeline);
                    pass.set_bind_group(0, &*group, &[]);
                    pass.dispatch_workgroups((*count).min(GROUPS) as u32, count.div_ceil(GROUPS) as u32, 1);
                }
            }
        }
        self.queue.submit([encoder.finish()]);
        drop(state);
        self.check()
    }

    fn read(&self, into: &mut [(Buffer, &mut [u8])]) -> Result<(), GpuError> {
        let sizes: Vec<usize> = into.iter().map(|(_, bytes)| bytes.len().next_multiple_of(4)).collect();
        let total: usize = sizes.iter().sum();
        let mut state = locked(&self.state);
        if state.staging.as_ref().is_none_or(|staging| (staging.size() as usize) < total) {
            state.staging = Some(self.array(total + total / 4, BufferUsages::MAP_READ | BufferUsages::COPY_DST)?);
        }
        let Some(staging) = &state.staging else { return Ok(()) };
        let mut encoder = self.device.create_command_encoder(&CommandEncoderDescriptor::default());
        let mut first = 0;
        for ((buffer, _), &size) in into.iter().zip(&sizes) {
            encoder.copy_buffer_to_buffer(&state.buffers[&buffer.0], 0, staging, first as u64, size as u64);
            first += size;
        }
        self.queue.submit([encoder.finish()]);
        let slice = staging.slice(..total.max(4) as u64);
        slice.map_async(MapMode::Read, |_| {});
        self.device.poll(PollType::wait_indefinitely()).map_err(|error| self.lost(error.to_string()))?;
        self.check()?;
        let view = slice.get_mapped_range().map_err(|error| self.lost(error.to_string()))?;
        let mut first = 0;
        for ((_, bytes), &size) in into.iter_mut().zip(&sizes) {
            bytes.copy_from_slice(&view[first..first + bytes.len()]);
            first += size;
        }
        drop(view);
        staging.unmap();
        Ok(())
    }
}
