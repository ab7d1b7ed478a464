//! Transactions that the database gave up in favour of others, done again.
//!
//! A deadlock or a serialization failure says nothing about the work: the same transaction can
//! succeed a moment later. Only a whole transaction may be done again, so each attempt is a scope.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::binding::Registry;
use crate::error::Error;
use crate::scope::{Scope, another, attempt};

/// How often a transaction is attempted, and how long to wait in between.
///
/// Five attempts, and waits of up to 10, 20, 40 and 80 ms, unless said otherwise. Each wait is a
/// random part of what is allowed, so that two that met do not meet again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    attempts: u32,
    first_wait: Duration,
    longest_wait: Duration,
}

impl Retry {
    /// Five attempts, waits from 10 ms up to at most a second.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            attempts: 5,
            first_wait: Duration::from_millis(10),
            longest_wait: Duration::from_secs(1),
        }
    }

    /// How often the work is attempted in all; 0 is 1.
    #[must_use]
    pub const fn attempts(mut self, attempts: u32) -> Self {
        self.attempts = attempts;
        self
    }

    /// The bounds of the waits: up to `first` after the first attempt, twice as long after each
    /// further one, never more than `longest`.
    #[must_use]
    pub const fn waits(mut self, first: Duration, longest: Duration) -> Self {
        self.first_wait = first;
        self.longest_wait = longest;
        self
    }

    /// The wait after this attempt, the first being 1; `None` when it was the last.
    fn wait_after(&self, attempt: u32) -> Option<Duration> {
        if attempt >= self.attempts {
            return None;
        }
        let factor = 1_u32.checked_shl(attempt - 1).unwrap_or(u32::MAX);
        let bound = self.first_wait.saturating_mul(factor).min(self.longest_wait);
        // Keys of hash maps are the random numbers that the standard library has.
        let random = RandomState::new().hash_one(attempt) >> 32;
        #[expect(clippy::cast_precision_loss, reason = "32 bits fit")]
        Some(bound.mul_f64(random as f64 / f64::from(u32::MAX)))
    }
}

impl Default for Retry {
    fn default() -> Self {
        Self::new()
    }
}

/// As [`run_scope`](crate::run_scope), again when the database gave the transaction up for others.
///
/// # Errors
///
/// As [`run_scope`](crate::run_scope), of the last attempt.
pub async fn retry_scope<R, T, E, F>(
    registry: &R,
    retry: Retry,
    work: impl FnMut() -> F,
) -> Result<T, E>
where
    R: Registry,
    E: From<Error>,
    F: Future<Output = Result<T, E>>,
{
    again(retry, || Ok(Scope::new(registry.clone())), work).await
}

/// As [`run_in_new_scope`](crate::run_in_new_scope), again when the database gave the transaction up
/// for others.
///
/// # Errors
///
/// As [`run_in_new_scope`](crate::run_in_new_scope), of the last attempt.
pub async fn retry_in_new_scope<R, T, E, F>(retry: Retry, work: impl FnMut() -> F) -> Result<T, E>
where
    R: Registry,
    E: From<Error>,
    F: Future<Output = Result<T, E>>,
{
    again(retry, another::<R>, work).await
}

async fn again<R, T, E, F>(
    retry: Retry,
    open: impl Fn() -> Result<Scope<R>, Error>,
    // An `AsyncFnMut` would lend itself to its futures, and those are then not known to be `Send`.
    mut work: impl FnMut() -> F,
) -> Result<T, E>
where
    R: Registry,
    E: From<Error>,
    F: Future<Output = Result<T, E>>,
{
    let mut number = 0;
    loop {
        number += 1;
        let (outcome, is_transient) = attempt(open()?, work()).await;
        let wait = if is_transient { retry.wait_after(number) } else { None };
        let Some(wait) = wait else { return outcome };
        tracing::debug!(attempt = number, ?wait, "a transaction is done again");
        tokio::time::sleep(wait).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_the_longest_and_end_with_the_attempts() {
        let ms = Duration::from_millis;
        let retry = Retry::new().attempts(40).waits(ms(10), ms(100));
        for (attempt, bound) in [(1, 10), (2, 20), (3, 40), (4, 80), (5, 100), (39, 100)] {
            let wait = retry.wait_after(attempt).expect("another attempt");
            assert!(wait <= ms(bound), "{attempt}: {wait:?}");
        }
        assert_eq!(retry.wait_after(40), None);
        assert_eq!(retry.attempts(0).wait_after(1), None);
    }

    #[test]
    fn two_that_met_do_not_wait_equally_long() {
        let waits: Vec<_> = (0..8).map(|_| Retry::new().wait_after(4)).collect();
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }
}
