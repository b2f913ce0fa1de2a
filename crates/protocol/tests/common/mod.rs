//! Helpers of the vector tests.

#![allow(dead_code, missing_docs, reason = "each test file uses its part")]

use std::collections::VecDeque;
use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use serde_json::Value;

/// Gives the bytes it was made with, then counts upwards.
#[derive(Default)]
pub struct Script {
    bytes: VecDeque<u8>,
    counter: u64,
}

impl Script {
    pub fn new(parts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        Self { bytes: parts.into_iter().flatten().collect(), counter: 1 }
    }

    fn byte(&mut self) -> u8 {
        self.bytes.pop_front().unwrap_or_else(|| {
            self.counter = self.counter.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (self.counter >> 56) as u8
        })
    }
}

impl TryRng for Script {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_le_bytes(std::array::from_fn(|_| self.byte())))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_le_bytes(std::array::from_fn(|_| self.byte())))
    }

    fn try_fill_bytes(&mut self, dst: &mut [u8]) -> Result<(), Infallible> {
        dst.iter_mut().for_each(|to| *to = self.byte());
        Ok(())
    }
}

impl TryCryptoRng for Script {}

pub fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("no text {name} in {value}"))
}

pub fn bytes(value: &Value, name: &str) -> Vec<u8> {
    hex::decode(text(value, name)).unwrap()
}

pub fn array<const N: usize>(value: &Value, name: &str) -> [u8; N] {
    bytes(value, name).try_into().unwrap()
}

pub fn list<'a>(value: &'a Value, name: &str) -> &'a [Value] {
    value[name].as_array().unwrap_or_else(|| panic!("no list {name}"))
}

pub fn must_fail(value: &Value) -> bool {
    value["must_fail"].as_bool().unwrap_or(false)
}
