//! Which graphics processors there are, and the choice of one.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::contract::Device;
use super::wgpu;
use crate::adapter::Adapter;
use crate::error::GpuError;

/// Devices in use.
static OPEN: Mutex<Vec<Weak<dyn Device>>> = Mutex::new(Vec::new());

/// All adapters, in the order of their numbers; none without a driver.
#[must_use]
pub fn adapters() -> Vec<Adapter> {
    described(&wgpu::offers())
}

fn described(offers: &[wgpu::Offer]) -> Vec<Adapter> {
    offers.iter().map(|(_, adapter)| adapter.clone()).collect()
}

/// The device that `choice` means: `gpu` the first that is no software, `gpu:N` number N, else the first whose name contains it.
///
/// # Errors
/// When there is none, or it cannot be opened.
pub fn open(choice: &str) -> Result<Arc<dyn Device>, GpuError> {
    let all = wgpu::offers();
    if all.is_empty() {
        return Err(GpuError::NoAdapter);
    }
    let found = match choice.split_once(':') {
        _ if choice == "gpu" => {
            let hardware = all.iter().find(|(_, adapter)| !adapter.software);
            Some(hardware.ok_or_else(|| GpuError::SoftwareAlone { known: described(&all) })?)
        }
        Some(("gpu", number)) => number.parse().ok().and_then(|number: usize| all.get(number)),
        _ => all.iter().find(|(_, adapter)| adapter.name.to_lowercase().contains(&choice.to_lowercase())),
    };
    let Some(offer) = found else {
        return Err(GpuError::NoSuchAdapter { choice: choice.into(), known: described(&all) });
    };
    // Members of a committee and copies of a potential share one.
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.retain(|device| device.strong_count() > 0);
    if let Some(device) = open.iter().filter_map(Weak::upgrade).find(|device| *device.adapter() == offer.1) {
        return Ok(device);
    }
    let device = wgpu::open(offer)?;
    open.push(Arc::downgrade(&device));
    Ok(device)
}
