//! What a server says of itself in its reply to INFO. Imports nothing of the crate.

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    Master,
    Replica,
}

impl Role {
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "master" => Some(Self::Master),
            "slave" | "replica" => Some(Self::Replica),
            _ => None,
        }
    }

    /// The role that `info` tells.
    pub fn of(info: &str) -> Option<Self> {
        Self::named(field(info, "role")?)
    }
}

/// What `info` says first of `name`.
pub fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    info.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_role_is_found_in_info() {
        assert_eq!(Role::of("# Replication\r\nrole:slave\r\nmaster_host:h\r\n"), Some(Role::Replica));
        assert_eq!(Role::of("# Replication\r\nrole:master\r\n"), Some(Role::Master));
        assert_eq!(Role::of("# Server\r\nredis_mode:standalone\r\n"), None);
    }

    #[test]
    fn a_field_is_found_by_its_whole_name() {
        let info = "# Memory\r\nmaxmemory_policy_x:no\r\nmaxmemory_policy: noeviction \r\nmaxmemory_policy:later\r\n";
        assert_eq!(field(info, "maxmemory_policy"), Some("noeviction"));
        assert_eq!(field(info, "maxmemory"), None);
    }
}
