//! Keys of inputs, declared once, beside the field that they fill.
//!
//! `settings!` wraps a struct: behind each field stands what its key can hold and what it defaults to; the documentation of the
//! field is the sentence of the key. From this come the keys that are known (and so the nearest one to a slip), the value, the
//! JSON schema, the reference and the help of the command line. `kinds!` does the same for a table with a key `kind`,
//! `words!` for a closed list of words.

mod key;
mod setting;

pub(crate) use key::{
    ANGLE, ANGLE_STIFFNESS, ATOMS, BOND_STIFFNESS, ELECTRIC_FIELD, ENERGY, FORCE, INVERSE_LENGTH, LENGTH, MASS, POINT,
    PRESSURE, RATE, TEMPERATURE, TIME, flag, integer, list, model, non_negative, number, path, plain, positive,
    quantity, table, text, wall_time, word,
};
pub use key::{Bounds, Fallback, Key, Kind, Table, Value};
pub(crate) use setting::Setting;

/// A struct whose fields are keys of a table.
macro_rules! settings {
    (
        $(#[doc = $about:literal])*
        $(#[derive($($derive:tt)*)])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $(#[serde($($serde:tt)*)])*
                pub $field:ident: $type:ty = $key:expr
            ),* $(,)?
        }
    ) => {
        $(#[doc = $about])*
        $(#[derive($($derive)*)])*
        pub struct $name {
            $(
                $(#[doc = $doc])*
                $(#[serde($($serde)*)])*
                pub $field: $type,
            )*
        }

        #[allow(non_upper_case_globals, dead_code, reason = "a key is called what its field is, and may be read by name")]
        impl $name {
            $(
                #[doc = concat!("Declaration of the key `", stringify!($field), "`.")]
                pub const $field: $crate::settings::declare::Key =
                    $key.described(stringify!($field), concat!($($doc, "\n"),*));
            )*
            /// The declaration of the table.
            pub(crate) const TABLE: $crate::settings::declare::Table = $crate::settings::declare::Table {
                about: concat!($($about, "\n"),*),
                keys: &[$(Self::$field),*],
                kinds: &[],
            };
        }
    };
}

/// An enum whose variants are the kinds of a table.
macro_rules! kinds {
    (
        $(#[doc = $about:literal])*
        $(#[derive($($derive:tt)*)])*
        $(#[serde($($outer:tt)*)])*
        pub enum $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $variant:ident = $word:literal $(told by $told:literal)? {
                    $(
                        $(#[doc = $field_doc:literal])*
                        $(#[serde($($serde:tt)*)])*
                        $field:ident: $type:ty = $key:expr
                    ),* $(,)?
                }
            ),* $(,)?
        }
        $(and { $($rest:tt)* })?
    ) => {
        $(#[doc = $about])*
        $(#[derive($($derive)*)])*
        $(#[serde($($outer)*)])*
        pub enum $name {
            $(
                $(#[doc = $doc])*
                $variant {
                    $(
                        $(#[doc = $field_doc])*
                        $(#[serde($($serde)*)])*
                        $field: $type,
                    )*
                },
            )*
            $($($rest)*)?
        }

        #[allow(dead_code, reason = "not every table is asked for everything")]
        impl $name {
            /// The declarations of the kinds.
            pub const KINDS: &'static [$crate::settings::declare::Kind] = &[
                $($crate::settings::declare::Kind {
                    word: $word,
                    about: concat!($($doc, "\n"),*),
                    keys: &[$($key.described(stringify!($field), concat!($($field_doc, "\n"),*))),*],
                    told_by: $crate::settings::declare::Kind::told(&[$($told)?]),
                }),*
            ];

            /// The keys of `section` for the kind `word`; none if there is no such kind here.
            pub(crate) fn read_kind(
                section: &$crate::settings::section::Section<'_>,
                word: &str,
            ) -> cormorant_core::Result<Option<Self>> {
                Ok(match word {
                    $(
                        $word => Some(Self::$variant {
                            $($field: section.get(
                                &$key.described(stringify!($field), concat!($($field_doc, "\n"),*)),
                            )?,)*
                        }),
                    )*
                    _ => None,
                })
            }
        }
    };
}

/// A closed list of words that stand for a way of doing things.
macro_rules! words {
    (
        $(#[doc = $about:literal])*
        pub enum $name:ident {
            $(
                $(#[doc = $doc:literal])*
                $variant:ident = $word:literal
            ),* $(,)?
        }
    ) => {
        $(#[doc = $about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $name {
            $(
                $(#[doc = $doc])*
                $variant,
            )*
        }

        #[allow(dead_code, reason = "not every list is asked for everything")]
        impl $name {
            /// The words and what they stand for.
            pub const WORDS: &'static [(&'static str, Self)] = &[$(($word, Self::$variant)),*];
            /// The words and what they mean.
            pub(crate) const ABOUT: &'static [(&'static str, &'static str)] =
                &[$(($word, concat!($($doc, "\n"),*))),*];

            /// The word.
            pub(crate) fn word(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                formatter.write_str(self.word())
            }
        }

        impl std::str::FromStr for $name {
            type Err = cormorant_core::Error;

            fn from_str(text: &str) -> cormorant_core::Result<Self> {
                let found = Self::WORDS.iter().find(|(word, _)| *word == text);
                found.map(|(_, value)| *value).ok_or_else(|| {
                    let words: Vec<&str> = Self::WORDS.iter().map(|(word, _)| *word).collect();
                    cormorant_core::Error::Invalid(format!("{text:?} is not one of {}", words.join(", ")))
                })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl $crate::settings::declare::Setting for $name {
            fn read(
                section: &$crate::settings::section::Section<'_>,
                name: &str,
                _: &$crate::settings::declare::Key,
            ) -> cormorant_core::Result<Option<Self>> {
                section.choice(name, Self::WORDS)
            }

            fn default(text: &str, _: &$crate::settings::declare::Key) -> Option<Self> {
                text.parse().ok()
            }
        }
    };
}

pub(crate) use {kinds, settings, words};
