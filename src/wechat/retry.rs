//! The retries of requests to WeChat: which requests are sent again, how often, and after which
//! delay. (Steps in redis have a policy of their own, `sessions/redis/connect/retry.rs`.)

use std::time::Duration;

use tokio::time::sleep;

use super::reply::{Failure, RequestError};

/// The longest delay before the first retry, in milliseconds. It doubles with each further retry,
/// up to [`MAX_RETRY_DELAY`].
const RETRY_DELAY: u64 = 200;
const MAX_RETRY_DELAY: u64 = 5000;

/// WeChat's "system busy". Source: WeChat's `auth.code2Session` page.
const BUSY: i64 = -1;

/// Sends a request, and up to `retries` times again where that is safe.
pub async fn retry<T, F>(retries: u32, request: impl Fn() -> F) -> Result<T, RequestError>
where
    F: Future<Output = Result<T, RequestError>>,
{
    let mut retried = 0;
    loop {
        match request().await {
            Err(error) if is_transient(&error) && retried < retries => {
                sleep(delay(retried)).await;
                retried += 1;
            }
            result => return result,
        }
    }
}

/// Whether WeChat has done nothing about the request, so that the same may be sent again.
fn is_transient(error: &RequestError) -> bool {
    match error {
        RequestError::Failed(Failure { unsent: true, .. }) => true,
        error => error.errcode() == Some(BUSY),
    }
}

/// A random delay, so that requests that failed together are not sent again together.
fn delay(retried: u32) -> Duration {
    let longest = longest_delay(retried);
    let random = getrandom::u64().unwrap_or(longest);
    Duration::from_millis(random % longest + 1)
}

/// In milliseconds.
fn longest_delay(retried: u32) -> u64 {
    (RETRY_DELAY << retried.min(16)).min(MAX_RETRY_DELAY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_to_a_limit() {
        assert_eq!(longest_delay(0), RETRY_DELAY);
        assert_eq!(longest_delay(1), 2 * RETRY_DELAY);
        for retried in 0..40 {
            assert!(delay(retried) <= Duration::from_millis(longest_delay(retried)));
            assert!(longest_delay(retried) <= MAX_RETRY_DELAY);
        }
    }
}
