//! How the kinds of this crate make new networks.

use super::network::Network;
use super::{
    CormorantConfig, Header, Model, NewKind, NewNetwork, OriginalConfig, OriginalHeader, OriginalModel, Scaling,
};
use super::{PropertyHeader, PropertyModel};

/// Distance of two knots in Å, where settings do not say.
const KNOT_SPACING: f64 = 0.02;

/// Keys of the production network.
pub(super) const CORMORANT: NewKind = NewKind {
    keys: &[
        "cutoff",
        "channels",
        "max_degree",
        "max_edge_degree",
        "layers",
        "products",
        "element_products",
        "element_features",
        "radial_functions",
        "radial_hidden",
        "readout_hidden",
        "knot_spacing",
    ],
    make: cormorant,
};

/// Keys of the network of 2019.
pub(super) const ORIGINAL: NewKind = NewKind {
    keys: &["channels", "max_degree", "max_edge_degree", "levels", "charge_power", "harmonics", "input", "output"],
    make: original,
};

fn cormorant(new: &NewNetwork<'_>) -> Result<Box<dyn Network>, String> {
    let mut settings = new.settings.clone();
    let spacing = settings.as_object_mut().and_then(|settings| settings.remove("knot_spacing"));
    let spacing = spacing.map_or(Some(KNOT_SPACING), |spacing| spacing.as_f64());
    let knot_spacing = spacing.filter(|spacing| *spacing > 0.0).ok_or("`knot_spacing` is not a length in Å")?;
    let config: CormorantConfig = serde_json::from_value(settings).map_err(|error| error.to_string())?;
    if let Some((key, accepted)) = config.fault() {
        return Err(format!("`{key}` is not {accepted}"));
    }
    let neighbors = (new.mean_neighbors)(config.cutoff).map_err(|error| error.to_string())?;
    let path = new.path.to_path_buf();
    if (new.quantity, new.unit) == ("energy", "eV") {
        let header = Header::new(config, &new.scaling, neighbors, knot_spacing);
        return Ok(Box::new(Model::fresh(path, header)?));
    }
    let config = CormorantConfig { multipole: new.head.multipole(), ..config };
    let header = PropertyHeader::new(config, new, neighbors, knot_spacing);
    Ok(Box::new(PropertyModel::fresh(path, header)?))
}

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
