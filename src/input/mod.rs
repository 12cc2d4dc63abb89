//! Input files: TOML in, objects out.

/// A mistake in an input file, with the place where it stands.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[error("{message}")]
pub struct InputError {
    /// What is wrong: key, what was found, what is accepted.
    pub message: String,
    /// What to do about it.
    #[help]
    pub remedy: Option<String>,
    /// The file with its text.
    #[source_code]
    pub source_text: miette::NamedSource<String>,
    /// The offending part of the text.
    #[label("here")]
    pub place: Option<miette::SourceSpan>,
}
