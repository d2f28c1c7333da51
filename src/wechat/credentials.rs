//! The app id and the app secret.

/// What the application has given of the two.
pub struct Credentials {
    pub app_id: Option<String>,
    pub secret: Option<String>,
}

impl Credentials {
    /// The app id. `Err` says that it is missing.
    pub fn app_id(&self) -> Result<&str, &'static str> {
        self.app_id.as_deref().ok_or("appId is missing, pass it when you create mpauthx")
    }

    /// The app id and the secret. `Err` says what is missing.
    pub fn both(&self) -> Result<(&str, &str), &'static str> {
        match (self.app_id(), self.secret.as_deref()) {
            (Ok(app_id), Some(secret)) => Ok((app_id, secret)),
            (Err(missing), Some(_)) => Err(missing),
            (Ok(_), None) => Err("secret is missing, pass it when you create mpauthx"),
            (Err(_), None) => Err("appId and secret are missing, pass them when you create mpauthx"),
        }
    }
}
