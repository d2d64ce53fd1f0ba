//! Lists that live without allocation while they are short, as nearly every list here is.

use alloc::vec::Vec;
use core::fmt;

/// Up to `N` items in place; once there are more, all of them on the heap.
#[derive(Clone)]
pub(crate) struct Short<T, const N: usize> {
    first: [T; N],
    count: usize,
    spilled: Vec<T>,
}

impl<T: Copy, const N: usize> Short<T, N> {
    /// An empty list. `filler` takes the places that have no item yet and is never seen.
    pub(crate) const fn new(filler: T) -> Self {
        Self { first: [filler; N], count: 0, spilled: Vec::new() }
    }

    #[inline]
    pub(crate) fn push(&mut self, item: T) {
        let count = self.count;
        match self.first.get_mut(count) {
            Some(free) => *free = item,
            None => self.push_spilled(item),
        }
        self.count = count + 1;
    }

    #[cold]
    fn push_spilled(&mut self, item: T) {
        if self.spilled.is_empty() {
            self.spilled.extend_from_slice(&self.first);
        }
        self.spilled.push(item);
    }

    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.count
    }

    /// Forgets all but the first `count` items.
    pub(crate) fn truncate(&mut self, count: usize) {
        self.count = self.count.min(count);
        self.spilled.truncate(count);
        if self.count <= N {
            self.first[..self.spilled.len()].copy_from_slice(&self.spilled);
            self.spilled.clear();
        }
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[T] {
        if self.spilled.is_empty() { &self.first[..self.count] } else { &self.spilled }
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        if self.spilled.is_empty() { &mut self.first[..self.count] } else { &mut self.spilled }
    }
}

impl<T: Copy + PartialEq, const N: usize> PartialEq for Short<T, N> {
    fn eq(&self, other: &Self) -> bool {
        self.as_slice() == other.as_slice()
    }
}

impl<T: Copy + Eq, const N: usize> Eq for Short<T, N> {}

impl<T: Copy + fmt::Debug, const N: usize> fmt::Debug for Short<T, N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_kept_when_the_list_outgrows_its_place() {
        let mut list = Short::<u8, 3>::new(0);
        for item in 1..=7 {
            list.push(item);
            let expected: Vec<u8> = (1..=item).collect();
            assert_eq!(list.as_slice(), expected);
        }
        list.as_mut_slice()[6] = 9;
        assert_eq!(list.as_slice().last(), Some(&9));
        for count in [5, 3, 2, 2, 0] {
            list.truncate(count);
            assert_eq!(list.as_slice().len(), count);
            list.push(7);
            assert_eq!(list.as_slice().last(), Some(&7));
            list.truncate(count);
        }
    }
}
