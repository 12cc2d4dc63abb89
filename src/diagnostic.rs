//! Errors as texts for people; a mistake in an input file with the offending line.

use cormorant_core::{Error, InputError};
use miette::{GraphicalReportHandler, GraphicalTheme, NamedSource, SourceSpan};

/// What the program prints about `error`: the offending line when it is about an input file, and what to do.
#[must_use]
pub fn explain(error: &Error, colored: bool) -> String {
    if let Error::Input(mistake) = error
        && let Some(text) = draw(mistake, colored)
    {
        return text;
    }
    // Every error shows its cause in its own message.
    let mut explanation = format!("error: {error}\n");
    if error.exit_status() == 2 {
        explanation.push_str(
            "  this is a fault of cormorant, not of your input; please report it with the input that led to it\n",
        );
    }
    explanation
}

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
fn draw(mistake: &InputError, colored: bool) -> Option<String> {
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
