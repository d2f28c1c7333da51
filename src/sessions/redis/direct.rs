//! What it takes to look at records without this store: the JavaScript thread does so, where a
//! check through our threads would cost it two more wake-ups. It knows nothing of redis but what is
//! told here, and decides nothing but that a token is plainly live.

use std::time::Duration;

use redis::{Cmd, Pipeline, cmd};

use super::Redis;
use super::connect::{Address, Login, Topology};
use super::keys::Layout;
use super::record::fields_of;
use crate::sessions::Asked;

pub struct Direct {
    pub address: Address,
    /// The commands that a connection begins with: the login, then the role and the time.
    pub login: Vec<u8>,
    /// How many of these are the login.
    pub logins: usize,
    pub is_tagged: bool,
    /// The fields of a record that say whether it is plainly live, and those that say who is
    /// logged in.
    pub validity: &'static [&'static str],
    pub session: &'static [&'static str],
    pub connect_timeout: Duration,
    pub deadline: Duration,
}

impl Redis {
    /// None where one plain connection does not tell of all tokens, where memory tells of most,
    /// where a check may have to write, and where redis is not known to be a master.
    pub fn direct(&self) -> Option<Direct> {
        let Topology::Server(server) = self.link.topology() else { return None };
        if self.tracking.is_some() || self.policy.idle.is_some() || !self.link.leads_to_master() {
            return None;
        }
        let (address, login) = server.plain()?;
        let login = login_commands(login);
        let mut commands = Pipeline::new();
        for command in &login {
            commands.add_command(command.clone());
        }
        commands.cmd("INFO").arg("replication").cmd("TIME");
        Some(Direct {
            address: address.clone(),
            login: commands.get_packed_pipeline(),
            logins: login.len(),
            is_tagged: self.layout == Layout::Tagged,
            validity: fields_of(Asked::Validity, false),
            session: fields_of(Asked::Session, false),
            connect_timeout: self.link.connect_timeout(),
            deadline: self.link.deadline(),
        })
    }

    /// A number that changes when the connection is let go: the next one may lead to another
    /// server, and that alone hears of the sessions that end from then on.
    pub fn epoch(&self) -> u64 {
        self.link.epoch()
    }
}

fn login_commands(Login { user, password, database }: &Login) -> Vec<Cmd> {
    let auth = password.as_ref().map(|password| {
        let mut auth = cmd("AUTH");
        auth.arg(user).arg(password);
        auth
    });
    let select = (*database != 0).then(|| {
        let mut select = cmd("SELECT");
        select.arg(database);
        select
    });
    auth.into_iter().chain(select).collect()
}
