//! Integers without limit, under a permissive licence.
//!
//! The crate of this name is LGPL, and was written as a drop-in replacement for num-bigint: here num-bigint drops back in.

pub use num_bigint::*;
