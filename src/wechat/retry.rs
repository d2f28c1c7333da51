//! The retries of requests to WeChat: which requests are sent again, how often, and after which
//! delay. How often is the option `wechat.retries`, 0 by default. (Steps in redis have a policy of
//! their own, `sessions/redis/connect/retry.rs`.)

use std::time::Duration;

use tokio::time::sleep;

use super::reply::{Failure, RequestError};

/// The longest delay before the first retry, in milliseconds. It doubles with each further retry,
/// up to [`MAX_RETRY_DELAY`].
const RETRY_DELAY: u64 = 200;
const MAX_RETRY_DELAY: u64 = 5000;

/// WeChat's "system busy". Source: WeChat's `auth.code2Session` page.
const BUSY: i64 = -1;

/// How often a request is sent again.
#[derive(Debug, Clone, Copy)]
pub struct Retries {
    /// Where WeChat cannot have seen it.
    pub unsent: u32,
    /// Where WeChat was busy.
    pub busy: u32,
}

impl Retries {
    /// How often, where it failed with `error`.
    fn limit(self, error: &RequestError) -> u32 {
        match error {
            RequestError::Failed(Failure { unsent: true, .. }) => self.unsent,
            error if error.errcode() == Some(BUSY) => self.busy,
            _ => 0,
        }
    }
}

/// Sends a request, and sends it again where WeChat has done nothing about it.
pub async fn retry<T, F>(retries: Retries, request: impl Fn() -> F) -> Result<T, RequestError>
where
    F: Future<Output = Result<T, RequestError>>,
{
    let mut retried = 0;
    loop {
        match request().await {
            Err(error) if retried < retries.limit(&error) => {
                sleep(delay(retried)).await;
                retried += 1;
            }
            result => return result,
        }
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
    use std::cell::Cell;

    use super::*;
    use crate::error::Refusal;

    #[test]
    fn delays_grow_to_a_limit() {
        assert_eq!(longest_delay(0), RETRY_DELAY);
        assert_eq!(longest_delay(1), 2 * RETRY_DELAY);
        for retried in 0..40 {
            assert!(delay(retried) <= Duration::from_millis(longest_delay(retried)));
            assert!(longest_delay(retried) <= MAX_RETRY_DELAY);
        }
    }

    #[test]
    fn delays_are_random_and_never_none() {
        let delays: Vec<_> = (0..5000).map(|_| delay(0)).collect();
        let longest = Duration::from_millis(longest_delay(0));
        assert!(delays.iter().all(|delay| !delay.is_zero() && *delay <= longest));
        assert!(delays.iter().any(|delay| *delay != delays[0]));
    }

    fn unsent() -> RequestError {
        RequestError::Failed(Failure { cause: String::new(), unsent: true, refusal: None })
    }

    fn refused(errcode: i64) -> RequestError {
        RequestError::Refused(Refusal { errcode: Some(errcode), ..Refusal::default() })
    }

    #[test]
    fn what_wechat_has_not_done_is_asked_for_again() {
        let retries = Retries { unsent: 2, busy: 3 };
        for (error, limit) in [
            (unsent(), 2),
            (refused(-1), 3),
            (refused(1), 0),
            (refused(40029), 0),
            (RequestError::failed("a broken connection"), 0),
        ] {
            assert_eq!(retries.limit(&error), limit, "{error:?}");
        }
    }

    /// How often a request is sent that fails so.
    async fn sent(retries: Retries, error: fn() -> RequestError) -> u32 {
        let count = Cell::new(0);
        let request = || {
            count.set(count.get() + 1);
            async { Err::<(), _>(error()) }
        };
        assert!(retry(retries, request).await.is_err());
        count.get()
    }

    #[tokio::test]
    async fn it_is_sent_again_as_often_as_it_may_be() {
        let retries = Retries { unsent: 2, busy: 0 };
        assert_eq!(sent(retries, unsent).await, 3);
        assert_eq!(sent(retries, || refused(-1)).await, 1);
        assert!(retry(retries, async || Ok(())).await.is_ok());
    }
}
