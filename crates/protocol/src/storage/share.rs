//! Sharing one answer's size among the namespaces of a batch.

use super::Namespace;

/// The `max_size` for each of `namespaces`, in their order. Direct messages (0) and group messages (11) come before all
/// others: with a running product `q = 1`, each class multiplies `q` by its number of members plus one (the last class
/// by its number of members), and every member gets `-q`. The shares add up to at most the whole.
pub fn share(namespaces: &[Namespace]) -> Vec<i64> {
    let is_high = |namespace: &Namespace| matches!(namespace.0, 0 | 11);
    let high = i64::try_from(namespaces.iter().filter(|n| is_high(n)).count()).unwrap_or(i64::MAX);
    let low = i64::try_from(namespaces.len()).unwrap_or(i64::MAX) - high;
    let high_share = match (high, low) {
        (0, _) => 1,
        (_, 0) => high,
        _ => high + 1,
    };
    let low_share = high_share * low;
    namespaces.iter().map(|namespace| if is_high(namespace) { -high_share } else { -low_share }).collect()
}
