//! A small filter for each partition: says that a name is certainly not there, or that it may be.
//!
//! A Bloom filter of 12 bits a name. All bits of a name lie in one block of 64 bytes, one line of
//! the processor's cache: a miss costs one access to memory. About one absent name in 150 passes.
//!
//! A partition's filter is cut into parts by the order of hashes, the order in which a partition is
//! written, so a large one is built and stored a part at a time.

use rusqlite::Connection;

use super::NameHash;
use crate::sqlite::codec;
use crate::{Doing, StoreError};

const DOING: &str = "reading a filter";
/// Names in one part, about: 48 KiB.
const PART_NAMES: u64 = 32_768;
const BITS_PER_NAME: u64 = 12;
const BLOCK_BYTES: usize = 64;
const BITS_SET: u32 = 6;

/// How a filter for so many names is cut.
#[derive(Clone, Copy, Debug)]
struct Shape {
    parts: u64,
    blocks: u64,
}

impl Shape {
    fn of(names: u64) -> Self {
        let parts = names.div_ceil(PART_NAMES).max(1);
        let bits = names.div_ceil(parts) * BITS_PER_NAME;
        Self { parts, blocks: bits.div_ceil(8 * BLOCK_BYTES as u64).max(1) }
    }

    fn part_bytes(self) -> usize {
        self.blocks as usize * BLOCK_BYTES
    }

    /// Parts follow the order of hashes.
    fn part(self, hash: NameHash) -> u64 {
        scale(hash.0, self.parts)
    }

    /// The first byte of the block, and 54 bits that choose six of its 512.
    fn place(self, hash: NameHash) -> (usize, u64) {
        let mixed = mix(hash.0);
        (scale(mixed, self.blocks) as usize * BLOCK_BYTES, mix(mixed))
    }
}

/// Where `x` falls when all 64-bit numbers are dealt evenly to `n` places.
fn scale(x: u64, n: u64) -> u64 {
    ((u128::from(x) * u128::from(n)) >> 64) as u64
}

/// SplitMix64's finish: the hash's high bits have chosen the part already.
fn mix(mut x: u64) -> u64 {
    x = x.wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// The six bits of a name: byte within the block, and mask.
fn bits(chosen: u64) -> impl Iterator<Item = (usize, u8)> {
    (0..BITS_SET).map(move |n| {
        let bit = (chosen >> (9 * n)) & 511;
        ((bit / 8) as usize, 1 << (bit % 8))
    })
}

/// A whole filter in memory.
pub(super) struct Filter {
    shape: Shape,
    bytes: Vec<u8>,
}

impl Filter {
    /// What a filter for so many names takes.
    pub fn size(names: u64) -> usize {
        let shape = Shape::of(names);
        shape.parts as usize * shape.part_bytes()
    }

    /// Reads the filter of a sealed partition.
    pub fn read(db: &Connection, partition: i64, names: u64) -> Result<Self, StoreError> {
        let shape = Shape::of(names);
        let mut filter = Self { shape, bytes: Vec::with_capacity(Self::size(names)) };
        let sql = "SELECT bits FROM name_filters WHERE partition = ?1 ORDER BY part";
        let mut statement = db.prepare_cached(sql).doing(DOING)?;
        codec::collect(&mut statement, [partition], DOING, |row| {
            let value = row.get_ref(0).doing(DOING)?;
            let bits = value.as_blob().map_err(|_| codec::bad("not a filter", partition))?;
            filter.bytes.extend_from_slice(bits);
            Ok(())
        })?;
        if filter.bytes.len() != Self::size(names) {
            return Err(codec::bad("a filter of the wrong size", partition));
        }
        Ok(filter)
    }

    /// False: no name with this hash is in the partition.
    pub fn may_hold(&self, hash: NameHash) -> bool {
        let (block, chosen) = self.shape.place(hash);
        let start = self.shape.part(hash) as usize * self.shape.part_bytes() + block;
        bits(chosen).all(|(byte, mask)| self.bytes[start + byte] & mask != 0)
    }
}

/// A filter that is being made, from hashes in rising order.
pub(super) struct Building {
    partition: i64,
    shape: Shape,
    part: u64,
    bytes: Vec<u8>,
}

impl Building {
    pub fn new(partition: i64, names: u64) -> Self {
        let shape = Shape::of(names);
        Self { partition, shape, part: 0, bytes: vec![0; shape.part_bytes()] }
    }

    pub fn add(&mut self, db: &Connection, hash: NameHash) -> Result<(), StoreError> {
        self.store_until(db, self.shape.part(hash))?;
        let (block, chosen) = self.shape.place(hash);
        for (byte, mask) in bits(chosen) {
            self.bytes[block + byte] |= mask;
        }
        Ok(())
    }

    /// Stores what is left.
    pub fn finish(mut self, db: &Connection) -> Result<(), StoreError> {
        self.store_until(db, self.shape.parts)
    }

    fn store_until(&mut self, db: &Connection, part: u64) -> Result<(), StoreError> {
        const DOING: &str = "storing a filter";
        assert!(self.part <= part, "hashes come in rising order");
        while self.part < part {
            let sql = "INSERT INTO name_filters (partition, part, bits) VALUES (?1, ?2, ?3)";
            let mut insert = db.prepare_cached(sql).doing(DOING)?;
            insert
                .execute((self.partition, codec::int(self.part), &self.bytes[..]))
                .doing(DOING)?;
            self.bytes.fill(0);
            self.part += 1;
        }
        Ok(())
    }
}
