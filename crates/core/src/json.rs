//! JSON that says what was meant: a number that is not finite is refused instead of being written as `null`.

use std::fmt;

use serde::Serialize;
use serde::ser::{
    self, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant, SerializeTuple, SerializeTupleStruct,
    SerializeTupleVariant,
};

/// `value` as JSON in one line.
///
/// # Errors
/// Names the number that is not finite, or what cannot be written as JSON.
pub fn text<T: Serialize + ?Sized>(value: &T) -> Result<String, String> {
    finite(value)?;
    serde_json::to_string(value).map_err(|error| error.to_string())
}

/// `value` as JSON for people.
///
/// # Errors
/// As for [`text`].
pub fn pretty<T: Serialize + ?Sized>(value: &T) -> Result<String, String> {
    finite(value)?;
    serde_json::to_string_pretty(value).map_err(|error| error.to_string())
}

/// For fields of which nothing is known where they are not finite: `#[serde(serialize_with = "or_null")]` writes `null` there.
///
/// # Errors
/// Those of `serializer`.
#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
pub fn or_null<S: ser::Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    if number.is_finite() { serializer.serialize_f64(*number) } else { serializer.serialize_none() }
}

/// The other way round: `null` is read as NaN, with `#[serde(deserialize_with = "or_nan")]`.
///
/// # Errors
/// Those of `source`.
pub fn or_nan<'d, D: serde::Deserializer<'d>>(source: D) -> Result<f64, D::Error> {
    <Option<f64> as serde::Deserialize>::deserialize(source).map(|number| number.unwrap_or(f64::NAN))
}

/// Refuses a value with a number that is not finite.
///
/// # Errors
/// Names the number, e.g. `` `heat[2].grade` is NaN ``.
pub fn finite<T: Serialize + ?Sized>(value: &T) -> Result<(), String> {
    let mut path = String::new();
    value.serialize(Search { path: &mut path }).map_err(|error| error.0)
}

/// Walks through a value and stops at the first number that is not finite.
struct Search<'p> {
    /// Where it is, such as `heat[2].grade`.
    path: &'p mut String,
}

/// Walks through the parts of a value.
struct Parts<'p> {
    path: &'p mut String,
    next: usize,
    key: String,
}

/// What was found.
#[derive(Debug)]
struct Found(String);

impl fmt::Display for Found {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Found {}

impl ser::Error for Found {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

impl<'p> Search<'p> {
    fn parts(self) -> Parts<'p> {
        Parts { path: self.path, next: 0, key: String::new() }
    }
}

impl Parts<'_> {
    fn step<T: Serialize + ?Sized>(&mut self, step: &str, value: &T) -> Result<(), Found> {
        let length = self.path.len();
        self.path.push_str(if self.path.is_empty() { step.trim_start_matches('.') } else { step });
        value.serialize(Search { path: self.path })?;
        self.path.truncate(length);
        Ok(())
    }

    fn element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
        let step = format!("[{}]", self.next);
        self.next += 1;
        self.step(&step, value)
    }
}

/// Methods for values that are no floating-point numbers.
macro_rules! harmless {
    ($($method:ident: $kind:ty),*) => {
        $(fn $method(self, _: $kind) -> Result<(), Found> { Ok(()) })*
    };
}

impl<'p> ser::Serializer for Search<'p> {
    type Ok = ();
    type Error = Found;
    type SerializeSeq = Parts<'p>;
    type SerializeTuple = Parts<'p>;
    type SerializeTupleStruct = Parts<'p>;
    type SerializeTupleVariant = Parts<'p>;
    type SerializeMap = Parts<'p>;
    type SerializeStruct = Parts<'p>;
    type SerializeStructVariant = Parts<'p>;

    harmless!(serialize_bool: bool, serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64);
    harmless!(serialize_u8: u8, serialize_u16: u16, serialize_u32: u32, serialize_u64: u64, serialize_char: char);
    harmless!(serialize_i128: i128, serialize_u128: u128, serialize_str: &str, serialize_bytes: &[u8]);
    harmless!(serialize_unit_struct: &'static str);

    fn serialize_f32(self, value: f32) -> Result<(), Found> {
        self.serialize_f64(f64::from(value))
    }

    fn serialize_f64(self, value: f64) -> Result<(), Found> {
        if value.is_finite() { Ok(()) } else { Err(Found(format!("`{}` is {value}, not a finite number", self.path))) }
    }

    fn serialize_none(self) -> Result<(), Found> {
        Ok(())
    }

    fn serialize_unit(self) -> Result<(), Found> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Found> {
        value.serialize(self)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, _: &'static str) -> Result<(), Found> {
        Ok(())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, value: &T) -> Result<(), Found> {
        value.serialize(self)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<(), Found> {
        self.parts().step(&format!(".{variant}"), value)
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Parts<'p>, Found> {
        Ok(self.parts())
    }

    fn serialize_tuple(self, _: usize) -> Result<Parts<'p>, Found> {
        Ok(self.parts())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Parts<'p>, Found> {
        Ok(self.parts())
    }

    fn serialize_tuple_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Parts<'p>, Found> {
        Ok(self.parts())
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Parts<'p>, Found> {
        Ok(self.parts())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Parts<'p>, Found> {
        Ok(self.parts())
    }

    fn serialize_struct_variant(self, _: &'static str, _: u32, _: &'static str, _: usize) -> Result<Parts<'p>, Found> {
        Ok(self.parts())
    }
}

/// The parts of lists, whose steps are numbers.
macro_rules! listed {
    ($($kind:ident: $method:ident),*) => {
        $(impl $kind for Parts<'_> {
            type Ok = ();
            type Error = Found;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
                self.element(value)
            }

            fn end(self) -> Result<(), Found> {
                Ok(())
            }
        })*
    };
}

/// The parts of structures, whose steps are names.
macro_rules! named {
    ($($kind:ident),*) => {
        $(impl $kind for Parts<'_> {
            type Ok = ();
            type Error = Found;

            fn serialize_field<T: Serialize + ?Sized>(&mut self, key: &'static str, value: &T) -> Result<(), Found> {
                self.step(&format!(".{key}"), value)
            }

            fn end(self) -> Result<(), Found> {
                Ok(())
            }
        })*
    };
}

listed!(SerializeSeq: serialize_element, SerializeTuple: serialize_element);
listed!(SerializeTupleStruct: serialize_field, SerializeTupleVariant: serialize_field);
named!(SerializeStruct, SerializeStructVariant);

impl SerializeMap for Parts<'_> {
    type Ok = ();
    type Error = Found;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), Found> {
        let text = serde_json::to_string(key).unwrap_or_default();
        self.key = format!(".{}", text.trim_matches('"'));
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), Found> {
        let key = std::mem::take(&mut self.key);
        self.step(&key, value)
    }

    fn end(self) -> Result<(), Found> {
        Ok(())
    }
}
