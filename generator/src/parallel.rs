//! Work on many items on all cores. Says nothing about what the work is.

use std::{
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// Items that are worth a thread.
const SHARE: usize = 8;

/// What `work` makes of each item, in their order.
pub(crate) fn each<T: Sync, U: Send>(items: &[T], work: impl Fn(&T) -> U + Sync) -> Vec<U> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let next = AtomicUsize::new(0);
    let take = || {
        let mine = std::iter::from_fn(|| {
            let at = next.fetch_add(1, Ordering::Relaxed);
            Some((at, work(items.get(at)?)))
        });
        mine.collect::<Vec<_>>()
    };
    let mut done = thread::scope(|scope| {
        let others = (1..threads.min(items.len() / SHARE)).map(|_| scope.spawn(take));
        let others: Vec<_> = others.collect();
        let mut done = take();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(at, _)| *at);
    done.into_iter().map(|(_, made)| made).collect()
}

#[cfg(test)]
mod tests {
    use super::each;

    #[test]
    fn everything_is_done_once_and_stays_in_order() {
        for count in [0, 1, 1_000] {
            let items: Vec<_> = (0..count).collect();
            assert_eq!(
                each(&items, |item| item * 2),
                items.iter().map(|it| it * 2).collect::<Vec<_>>()
            );
        }
    }
}
