//! Numbers that look random and are the same on every machine.

/// Marsaglia's xorshift of 64 bits, with a multiplication at the end.
pub struct Random(u64);

impl Random {
    /// The numbers of a seed. Neighbouring seeds give unlike numbers.
    pub fn new(seed: u64) -> Self {
        // The state must not be zero, and a seed with few bits would need long to mix.
        let mut random = Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0xD1B5_4A32_D192_ED03);
        if random.0 == 0 {
            random.0 = 1;
        }
        for _ in 0..4 {
            random.next();
        }
        random
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// 0 up to, not including, `count`; 0 for 0.
    pub fn below(&mut self, count: usize) -> usize {
        (self.next() >> 32) as usize % count.max(1)
    }

    /// Whether the one case in `count` has come.
    pub fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    /// One of a list that is not empty.
    pub fn pick<T: Copy>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())]
    }

    /// A place between two characters, the beginning and the end among them.
    pub fn place(&mut self, text: &str) -> usize {
        let mut index = self.below(text.len() + 1);
        while !text.is_char_boundary(index) {
            index -= 1;
        }
        index
    }
}
