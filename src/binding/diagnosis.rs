//! The calls that ask how all is: `health`, and those of the doctor (lib/doctor).

use napi_derive::napi;

use super::Core;
use super::types::{Health, Outcome};

#[napi]
impl Core {
    #[napi(catch_unwind)]
    pub fn health(&self, call: u32) {
        self.spawn(call, |auth, admission| async move {
            let (tokens, health, users, usable) = auth.health(&admission).await;
            Ok(Outcome::Health(Health::new(tokens, health, users, usable)))
        });
    }

    /// Sends plain commands to the redis of the tokens.
    #[napi(catch_unwind)]
    pub fn ask_redis(&self, call: u32, commands: Vec<Vec<String>>) {
        self.spawn(
            call,
            |auth, admission| async move { auth.ask_redis(&admission, &commands).await.map(Outcome::Data) },
        );
    }

    #[napi(catch_unwind)]
    pub fn try_credentials(&self, call: u32) {
        self.spawn_request(call, |auth, admission| async move {
            auth.try_credentials(&admission).await.map(|()| Outcome::Done)
        });
    }
}
