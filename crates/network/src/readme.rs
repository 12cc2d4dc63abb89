//! The page about a model that people read.

use std::fmt::Write;

use super::header::Header;
use super::records::{FileRecord, TheoryRecord};

/// Markdown for `models/NAME/README.md`, from the header alone.
#[must_use]
pub fn readme(header: &Header) -> String {
    let config = &header.config;
    let mut text = format!(
        "# A Cormorant potential for {}\n\nWritten by cormorant {}. The header of `model.safetensors` has all of this and more (`cormorant describe` prints it).\n\n",
        header.elements.join(", "),
        header.program
    );
    let _ = writeln!(
        text,
        "- Network: {} layers, {} channels, degree {}, {} products per layer, {} parameters; cutoff {} Å, receptive field {} Å.",
        config.layers,
        config.channels,
        config.max_degree,
        config.products,
        cormorant_kernels::network::Layout::new(&header.shape()).len(),
        config.cutoff,
        config.cutoff * config.layers as f64,
    );
    let data = &header.data;
    let _ = writeln!(
        text,
        "- Data: `{}` (SHA-256 {}); {}. {} frames for training, {} for selecting the best epoch.",
        data.file,
        data.sha256,
        data.units,
        header.frames("train"),
        header.frames("validation"),
    );
    if let Some(TheoryRecord { key, name }) = &data.theory {
        let _ = writeln!(
            text,
            "- The labels are those with {key}={name}. The file has others, to which the same network was fitted with a readout of their own."
        );
    }
    for finding in &data.findings {
        let _ = writeln!(text, "- The checks of these data say: {finding}.");
    }
    let fit = &header.fit;
    let _ = writeln!(
        text,
        "- Fit: seed {}, {} epochs in {:.0} s on {} threads; the weights are those of epoch {}.",
        fit.seed, fit.epochs, fit.seconds, fit.threads, fit.best_epoch
    );
    if let Some(start) = &fit.started_from {
        let noise = fit.start_noise.map_or_else(String::new, |share| {
            format!(", with noise of {share} of the root mean square of each of its tensors on the weights")
        });
        let _ = writeln!(text, "- It started from the model with SHA-256 `{start}`{noise}.");
    }
    if let Some(FileRecord { file, sha256 }) = &fit.replayed {
        let _ = writeln!(
            text,
            "- So that it keeps what that model knows, structures of `{file}` (SHA-256 {sha256}) with the labels of that model were shown beside the \
             training frames. The shortest distances below are those of both."
        );
    }
    if !header.errors.is_empty() {
        let stresses = header.errors.values().any(|errors| errors.stress_mae.is_some());
        let (head, rule) = if stresses { (" stress MAE / GPa |", "---|") } else { ("", "") };
        let of = header.errors_of.as_ref().map_or_else(String::new, |of| format!("\nErrors of {of}:\n"));
        let _ = write!(
            text,
            "{of}\n| frames | energy MAE / meV | energy RMSE / meV | force MAE / (meV/Å) | force RMSE / (meV/Å) |{head}\n\
             |---|---|---|---|---|{rule}\n",
        );
        for part in ["train", "validation", "test"] {
            if let Some(errors) = header.errors.get(part) {
                let _ = write!(
                    text,
                    "| {} {part} | {:.2} | {:.2} | {:.2} | {:.2} |",
                    errors.frames, errors.energy_mae, errors.energy_rmse, errors.force_mae, errors.force_rmse
                );
                if stresses {
                    let _ = write!(text, " {} |", errors.stress_mae.map_or("-".into(), |mae| format!("{mae:.4}")));
                }
                text.push('\n');
            }
        }
    }
    if !data.shortest_distances.is_empty() {
        text.push_str("\nShortest distances seen in training, below which the model extrapolates: ");
        let list: Vec<String> =
            data.shortest_distances.iter().map(|(pair, distance)| format!("{pair} {distance:.2} Å")).collect();
        text.push_str(&list.join(", "));
        text.push_str(".\n");
    }
    if let Some(certificate) = &header.certificate {
        let _ = write!(
            text,
            "\nCertificate (`cormorant certify`): forces agree with energy differences to {:.1e} of the largest force; drift at \
             300 K {}; largest stable time step {}; stable up to {} K.\n",
            certificate.force_error,
            certificate.drift_in_words(),
            certificate.time_step_in_words(),
            certificate.highest_temperature(),
        );
        if let Some(gaps) = certificate.gaps() {
            let _ = writeln!(text, "{gaps}.");
        }
    }
    text
}
