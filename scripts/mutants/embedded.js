'use strict';

// Faults in the token store of files and memory.

const CONFORMANCE = '__test__/stores/conformance/session-store-embedded.test.js';
const TOKENS = '__test__/stores/file/tokens.test.js';
const MARKS = '__test__/stores/conformance/token-file.test.js';

const embedded = (file) => `src/sessions/embedded${file}.rs`;

module.exports = [
  {
    name: 'file: a session that has ended lives',
    file: embedded('/rows'),
    from: 'let Some(Kept { found, ended: None, ends }) = self.kept(token)?',
    to: 'let Some(Kept { found, ended: _, ends }) = self.kept(token)?',
    tests: [CONFORMANCE],
    only: 'sessions.revoke',
  },
  {
    name: 'file: a token does not expire',
    file: embedded('/rows'),
    from: 'Place::Current => Ok((ends > self.now).then_some(found)),',
    to: 'Place::Current => Ok((ends > 0).then_some(found)),',
    tests: [CONFORMANCE],
    only: 'ttl',
  },
  {
    name: 'file: a copy does not end its session',
    file: embedded('/rows'),
    from: 'Place::Past => self.end(token, Ended::Reused).map(|()| None),',
    to: 'Place::Past => Ok(None),',
    tests: [CONFORMANCE],
    only: 'old token|grace 0',
  },
  {
    name: 'file: sessions of other skus are listed',
    file: embedded('/rows'),
    from: 'WHERE user = ?1 AND (?2 IS NULL OR sku = ?2) AND ended IS NULL AND ends > ?3 ORDER BY issued',
    to: "WHERE user = ?1 AND (?2 IS NULL OR sku <> '') AND ended IS NULL AND ends > ?3 ORDER BY issued",
    tests: [CONFORMANCE],
    only: 'own sku',
  },
  {
    name: 'file: two sessions have one time of issue',
    file: embedded('/rows'),
    from: 'ifnull(max(issued) + 1, 0)',
    to: 'ifnull(max(issued), 0)',
    tests: [CONFORMANCE],
    only: 'the order of sessions',
  },
  {
    name: 'file: what has expired stays for ever',
    file: embedded('/rows'),
    from: 'WHERE expires <= ?1 LIMIT ?2',
    to: 'WHERE expires <= 1 AND ?1 LIMIT ?2',
    tests: [TOKENS],
  },
  {
    name: 'file: a use prolongs a session past its end',
    file: embedded('/rows'),
    from: 'ends = min(expires, ?3)',
    to: 'ends = ?3',
    tests: [CONFORMANCE],
    only: 'never past the ttl',
  },
  {
    name: 'file: an idle session gets its whole life',
    file: embedded('/rows'),
    from: 'expires.min(self.now.saturating_add(milliseconds(idle)))',
    to: 'expires',
    tests: [CONFORMANCE],
    only: 'ends a token that is not used',
  },
  {
    name: 'file: the oldest sessions stay, the newest end',
    file: embedded('/endings'),
    from: 'ORDER BY issued DESC LIMIT -1 OFFSET ?5',
    to: 'ORDER BY issued LIMIT -1 OFFSET ?5',
    tests: [CONFORMANCE],
    only: 'a maximum',
  },
  {
    name: 'file: the session of except ends',
    file: embedded('/endings'),
    from: 'AND NOT (?5 IS NOT NULL AND session = ?5 AND sku = ?6)',
    to: 'AND NOT (?5 IS NOT NULL AND session = ?6 AND sku = ?5)',
    tests: [CONFORMANCE],
    only: 'was spared',
  },
  {
    name: 'file: a session of another user ends',
    file: embedded('/endings'),
    from: '"WHERE user = ?3 AND sku = ?4 AND session = ?5 AND ended IS NULL"',
    to: '"WHERE (user = ?3 OR sku = ?4 OR session = ?5) AND ended IS NULL"',
    tests: [CONFORMANCE],
    only: 'sessions.revoke',
  },
  {
    name: 'file: the first reason does not count',
    file: embedded('/endings'),
    from: '"WHERE user = ?3 AND sku = ?4 AND session = ?5 AND ended IS NULL"',
    to: '"WHERE user = ?3 AND sku = ?4 AND session = ?5"',
    tests: [CONFORMANCE],
    only: 'sessions.explain',
    survives: 'whoever ends a session has seen under the same lock that it lives',
  },
  {
    name: 'file: a grace has no end',
    file: embedded('/grace'),
    from: '.filter(move |&(_, ends)| ends > now)',
    to: '.filter(move |&(_, ends)| ends > now || ends < now)',
    tests: [CONFORMANCE],
    only: 'grace',
  },
  {
    name: 'file: changes begin without the lock',
    file: embedded(''),
    from: 'TransactionBehavior::Immediate)?',
    to: 'TransactionBehavior::Deferred)?',
    tests: [MARKS, '__test__/stores/file/processes.test.js', '__test__/stores/conformance/session-processes.test.js'],
  },
  {
    name: 'file: a login of another user gives way',
    file: embedded(''),
    from: 'replaced.filter(|token| token.owner() == owner)',
    to: 'replaced.filter(|token| token.owner() != *owner || token.owner() == *owner)',
    tests: ['__test__/api/front-door/login.test.js'],
  },
];
