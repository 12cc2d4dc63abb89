//! Errors and numbers for people to read.

use std::error::Error as _;
use std::io::IsTerminal;

use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::Error;

/// Print `error` on standard error, with the offending line when it is about an input file.
pub(super) fn error(error: &Error) {
    if let Error::Input(mistake) = error {
        let mut theme = if coloured() { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
        theme.characters.error = "error:".into();
        let handler = GraphicalReportHandler::new_themed(theme).with_wrap_lines(false).with_context_lines(1);
        let mut text = String::new();
        if handler.render_report(&mut text, mistake.as_ref()).is_ok() {
            eprint!("{}", text.trim_start());
            return;
        }
    }
    eprintln!("error: {error}");
    let mut cause = error.source();
    while let Some(inner) = cause {
        // Most variants already show their cause in the message itself.
        let text = inner.to_string();
        if !error.to_string().contains(&text) {
            eprintln!("  because: {text}");
        }
        cause = inner.source();
    }
    if error.exit_status() == 2 {
        eprintln!("  this is a fault of cormorant, not of your input; please report it with the input that led to it");
    }
}

/// Colour only on a terminal, and not when NO_COLOR is set (<https://no-color.org>).
fn coloured() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}
