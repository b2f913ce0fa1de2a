//! Sets and sorting without code of their own for every type. The standard library's sort, which collecting
//! into a set uses as well, is several kilobytes for each type that it is made for; the engine needs it
//! for many types and never for much data, and everybody who opens the page downloads it.

use std::{cmp::Ordering, collections::BTreeSet};

/// Collects into a set, one by one.
pub(crate) fn set<T: Ord>(items: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    items.into_iter().for_each(|item| {
        set.insert(item);
    });
    set
}

/// Sorts by a key; items with the same key keep their order.
pub(crate) fn sort_by_key<T, K: Ord>(items: &mut Vec<T>, key: impl Fn(&T) -> K) {
    let places = sorted_places(items.len(), &|a, b| key(&items[a]).cmp(&key(&items[b])));
    let mut taken: Vec<Option<T>> = items.drain(..).map(Some).collect();
    items.extend(places.into_iter().filter_map(|place| taken[place].take()));
}

fn sorted_places(count: usize, order: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| order(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_and_keeps_the_order_of_equals() {
        let mut words = vec!["pear", "fig", "plum", "kiwi", "nut", ""];
        sort_by_key(&mut words, |word| word.len());
        assert_eq!(words, ["", "fig", "nut", "pear", "plum", "kiwi"]);
        sort_by_key(&mut Vec::<u8>::new(), |byte| *byte);
    }

    #[test]
    fn a_set_holds_each_once() {
        assert_eq!(set([3, 1, 3, 2]), BTreeSet::from([1, 2, 3]));
    }
}
