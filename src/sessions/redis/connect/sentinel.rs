//! The master that Sentinels name.

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use redis::{AsyncConnectionConfig, ErrorKind, ProtocolVersion, RedisError, RedisResult, cmd};
use tokio::time::timeout;

use super::connection::Connection;
use super::dialer::{Dialer, Login};
use super::info::Role;
use super::node::{Manner, Node};
use super::place::{self, Address, Place};
use super::role;
use super::settings::Settings;

const OPTION: &str = "options.tokens.sentinels";

pub struct Sentinel {
    /// Open connections to the Sentinels, and to the master.
    dialers: (Dialer, Dialer),
    sentinels: Vec<Address>,
    /// The login to the Sentinels.
    login: Login,
    name: String,
    /// The login to the master.
    master: Login,
    is_tls: bool,
    /// The protocol that is spoken with the master.
    protocol: ProtocolVersion,
}

impl Sentinel {
    pub fn new(
        urls: &[String],
        name: &str,
        settings: &Settings,
        manner: Manner,
        protocol: ProtocolVersion,
    ) -> Result<Self, String> {
        let places = place::parse_all(urls, OPTION)?;
        let first = &places[0];
        let is_tls = first.address.is_tls();
        if places.iter().any(|place| matches!(place.address, Address::Unix(_)) || place.address.is_tls() != is_tls) {
            return Err(format!("{OPTION} must all be redis:// or all be rediss:// URLs"));
        }
        if !places.iter().all(|place| agrees(place, first)) {
            return Err(format!("{OPTION}: the first URL's user, password and database count for all of them"));
        }
        let dial = |manner| Ok::<_, String>(Dialer::new(settings.tls_to(first)?, settings.connect_timeout, manner));
        Ok(Self {
            dialers: (dial(Manner::default())?, dial(Manner { masters_only: true, ..manner })?),
            login: Login { database: 0, ..Login::new(first, None) },
            name: name.to_owned(),
            master: Login {
                user: None,
                password: settings.password.clone(),
                database: first.database.unwrap_or_default(),
            },
            is_tls,
            protocol,
            sentinels: places.into_iter().map(|place| place.address).collect(),
        })
    }

    /// Asks the Sentinels anew each time: the master may be another one by now. All at once, for
    /// some may be away, and the first that names a master is right.
    pub async fn connect(&self, config: &AsyncConnectionConfig) -> RedisResult<Connection> {
        let mut answers: FuturesUnordered<_> = self.sentinels.iter().map(|sentinel| self.ask(sentinel)).collect();
        let mut failure = None;
        while let Some(answer) = answers.next().await {
            let connected = match answer {
                Ok(master) => self.connect_master(&master, config).await,
                Err(error) => Err(error),
            };
            match connected {
                Ok(node) => return Ok(Connection::Node(node)),
                // A Sentinel that is away says less than what another one said.
                Err(error) => match &failure {
                    Some(_) if error.is_io_error() => {}
                    _ => failure = Some(error),
                },
            }
        }
        Err(failure.unwrap_or_else(no_master))
    }

    /// Where `sentinel` says that the master is.
    async fn ask(&self, sentinel: &Address) -> RedisResult<Address> {
        let config = AsyncConnectionConfig::new().set_response_timeout(Some(self.dialers.0.timeout()));
        let mut node = self.dialers.0.connect(sentinel, &self.login, ProtocolVersion::RESP2, &config).await?;
        let mut question = cmd("SENTINEL");
        question.arg("GET-MASTER-ADDR-BY-NAME").arg(&self.name);
        let answer: Option<(String, u16)> = question.query_async(&mut node).await?;
        answer.map(|(host, port)| Address::Tcp { host, port, tls: self.is_tls }).ok_or_else(no_master)
    }

    /// A Sentinel may not have heard yet that the master is another one.
    async fn connect_master(&self, master: &Address, config: &AsyncConnectionConfig) -> RedisResult<Node> {
        let mut node = self.dialers.1.connect(master, &self.master, self.protocol, config).await?;
        let role = timeout(self.dialers.1.timeout(), role::ask(&mut node)).await;
        match role.map_err(|_| no_master())?? {
            Some(Role::Replica) => Err(no_master()),
            _ => Ok(node),
        }
    }
}

/// Whether `place` says nothing of user, password and database, or what `first` says.
fn agrees(place: &Place, first: &Place) -> bool {
    fn says<T: PartialEq>(own: &Option<T>, first: &Option<T>) -> bool {
        own.is_none() || own == first
    }
    says(&place.user, &first.user)
        && says(&place.password, &first.password)
        && place.database.is_none_or(|number| number == first.database.unwrap_or_default())
}

fn no_master() -> RedisError {
    (ErrorKind::MasterNameNotFoundBySentinel, "no master of that name").into()
}
