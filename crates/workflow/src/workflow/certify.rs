//! Trying a model, with the outcome in its header.

use super::build::record_domain;
use cormorant_core::{Error, Result};
use cormorant_dynamics::certify::{TrialControl, certify_within};
use cormorant_fit::DataSet;
use cormorant_network::{Certificate, Network};

/// Try `network` and put the certificate into its header; nothing is written.
///
/// With `data`, the file that the model was fitted to, what its training frames hold is recorded first, for models of older
/// versions.
///
/// # Errors
/// When the network gives no forces or keeps no certificate, `data` is another file, or the trials are stopped.
pub fn certify(network: &mut dyn Network, data: Option<&DataSet>, control: TrialControl<'_>) -> Result<()> {
    network.facts()?.require_forces().map_err(|reason| Error::model(network.path(), reason))?;
    if let Some(data) = data {
        learn(network, data)?;
    }
    let certificate = certify_within(network, control)?;
    keep(network, certificate)
}

/// Put the certificate into the header.
fn keep(network: &mut dyn Network, certificate: Certificate) -> Result<()> {
    let path = network.path().to_path_buf();
    let Some(domain) = network.record_mut().and_then(|record| record.domain) else {
        return Err(Error::model(path, "is of a kind that stores no certificate; use --dry-run"));
    };
    *domain.certificate = Some(certificate);
    Ok(())
}

/// Record what the training frames of `network` hold, from the file they are in.
fn learn(network: &mut dyn Network, set: &DataSet) -> Result<()> {
    let data = &set.path;
    let record = network.record().data;
    if set.hash != record.sha256 {
        return Err(Error::data(
            data,
            format!(
                "is not the file that the model was fitted to ({}, SHA-256 {}), but has SHA-256 {}; name that file",
                record.file, record.sha256, set.hash
            ),
        ));
    }
    let frame = |&index: &usize| {
        set.configurations.get(index).cloned().ok_or_else(|| {
            Error::data(data, format!("has no frame {index}, which the model says it was fitted to; use another file"))
        })
    };
    let train = record.train.iter().map(frame).collect::<Result<Vec<_>>>()?;
    record_domain(network, &train)
}
