//! The production network, fitted to nothing yet.

use super::config::CormorantConfig;
use super::file::Model;
use super::header::Header;
use super::network::Network;
use super::new_network::{NewKind, NewNetwork};
use super::property::{PropertyHeader, PropertyModel};
use cormorant_core::Result;

/// Distance of two knots in Å, where settings do not say.
const KNOT_SPACING: f64 = 0.02;

/// Keys of the production network.
pub(super) const NEW: NewKind = NewKind {
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
        "electrostatics",
        "dispersion",
        "smearing",
        "knot_spacing",
    ],
    make: cormorant,
};

fn cormorant(new: &NewNetwork<'_>) -> Result<Box<dyn Network>, String> {
    let mut settings = new.settings.clone();
    let spacing = settings.as_object_mut().and_then(|settings| settings.remove("knot_spacing"));
    let spacing = spacing.map_or(Some(KNOT_SPACING), |spacing| spacing.as_f64());
    let knot_spacing = spacing.filter(|spacing| *spacing > 0.0).ok_or("`knot_spacing` is not a length in Å")?;
    let config: CormorantConfig = serde_json::from_value(settings).map_err(|error| error.to_string())?;
    let smearing = config.long_range().map(|long_range| long_range.smearing);
    let config = CormorantConfig { smearing: config.smearing.or(smearing), ..config };
    if let Some((key, accepted)) = config.fault() {
        return Err(format!("`{key}` is not {accepted}"));
    }
    let neighbors = (new.mean_neighbors)(config.cutoff).map_err(|error| error.to_string())?;
    let path = new.path.to_path_buf();
    if (new.quantity, new.unit) == ("energy", "eV") {
        let header = Header::new(config, &new.scaling, neighbors, knot_spacing);
        return Ok(Box::new(Model::fresh(path, header)?));
    }
    if config.long_range().is_some() {
        return Err(
            "`electrostatics` and `dispersion` are not for a property: it has no energy that they could add to; leave them out".into()
        );
    }
    let config = CormorantConfig { multipole: new.head.multipole(), ..config };
    let header = PropertyHeader::new(config, new, neighbors, knot_spacing);
    Ok(Box::new(PropertyModel::fresh(path, header)?))
}
