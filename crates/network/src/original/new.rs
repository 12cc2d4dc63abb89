//! The network of 2019, fitted to nothing yet.

use super::config::OriginalConfig;
use super::file::OriginalModel;
use super::header::OriginalHeader;
use crate::network::Network;
use crate::new_network::{NewKind, NewNetwork};
use crate::scaling::Scaling;
use cormorant_core::Result;

/// Keys of the network of 2019.
pub(crate) const NEW: NewKind = NewKind {
    keys: &["channels", "max_degree", "max_edge_degree", "levels", "charge_power", "harmonics", "input", "output"],
    make: original,
};

fn original(new: &NewNetwork<'_>) -> Result<Box<dyn Network>, String> {
    let config: OriginalConfig = serde_json::from_value(new.settings.clone()).map_err(|error| error.to_string())?;
    if let Some((key, accepted)) = config.fault() {
        return Err(format!("`{key}` is not {accepted}"));
    }
    let Scaling { elements, references, scale } = &new.scaling;
    let mut header = OriginalHeader::new(config, elements, new.constant, *scale);
    (header.target, header.unit) = (new.quantity.into(), new.unit.into());
    header.references.clone_from(references);
    Ok(Box::new(OriginalModel::fresh(new.path.to_path_buf(), header)?))
}
