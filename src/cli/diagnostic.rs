//! A mistake in an input file, drawn with the offending line.

use cormorant_core::InputError;
use miette::{GraphicalReportHandler, GraphicalTheme, NamedSource, SourceSpan};

/// What miette needs of an [`InputError`].
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("{message}")]
struct Drawn {
    message: String,
    #[help]
    remedy: Option<String>,
    #[source_code]
    text: NamedSource<String>,
    #[label("here")]
    place: Option<SourceSpan>,
}

/// `mistake` with its line, or nothing when it cannot be drawn.
pub(super) fn draw(mistake: &InputError, colored: bool) -> Option<String> {
    let mut theme = if colored { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    theme.characters.error = "error:".into();
    let handler = GraphicalReportHandler::new_themed(theme).with_wrap_lines(false).with_context_lines(1);
    let drawn = Drawn {
        message: mistake.message.clone(),
        remedy: mistake.remedy.clone(),
        text: NamedSource::new(&mistake.file, mistake.text.clone()).with_language("toml"),
        place: mistake.place.clone().map(SourceSpan::from),
    };
    let mut text = String::new();
    handler.render_report(&mut text, &drawn).ok()?;
    Some(text.trim_start().to_owned())
}
