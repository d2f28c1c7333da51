'use strict';

// Faults in the scripts that end sessions in redis.

const CONFORMANCE = '__test__/stores/conformance/session-store-redis.test.js';
const HELD = '__test__/stores/redis/held-steps.test.js';
const ENDING = '__test__/stores/redis/ending-wins.test.js';
const ROLLBACK = '__test__/stores/redis/rollback.test.js';

const lua = (file) => `src/sessions/redis/lua/${file}.lua`;

module.exports = [
  {
    name: 'lua: a refresh sets no mark',
    file: lua('replace'),
    from: "  redis.call('SET', KEYS[2], text(mark), 'PX', text(mark_life))\n",
    to: '',
    tests: [ENDING, ROLLBACK],
  },
  {
    name: 'lua: a refresh leaves the old tokens',
    file: lua('replace'),
    from: "    end_session(1, record, ARGV[n], 'replaced', now)\n",
    to: '',
    tests: [CONFORMANCE],
    only: 'a refresh',
    survives: 'the second step, which ends what the first has left, ends all of it',
  },
  {
    name: 'lua: a refresh does not name the rest',
    file: lua('replace'),
    from: 'return {1, ended, rest}',
    to: 'return {1, ended, {}}',
    tests: [ENDING],
  },
  {
    name: 'lua: a revocation of a user sets no mark',
    file: lua('revoke_all'),
    from: "redis.call('SET', KEYS[2], text(mark), 'PX', text(mark_life))\n",
    to: '',
    tests: [ENDING, ROLLBACK],
  },
  {
    name: 'lua: the spared session is not lifted over the mark',
    file: lua('revoke_all'),
    from: "    redis.call('HSET', KEYS[record], ORDER, text(mark + 1))\n",
    to: '',
    tests: [CONFORMANCE],
    only: 'was spared',
  },
  {
    name: 'lua: a revocation of a user does nothing while others log in',
    file: lua('revoke_all'),
    from: 'return {1, lived, ended, listed_until(1, mark)}',
    to: 'return {1, lived, ended, {}}',
    tests: [ENDING],
  },
  {
    name: 'lua: a revocation of a user is silent on what another one has marked',
    file: lua('revoke_all'),
    from: 'elseif is_live(record, -1) then',
    to: 'elseif is_live(record, before) then',
    tests: [HELD],
  },
  {
    name: 'lua: a revocation of a user counts what another one has marked',
    file: lua('revoke_all'),
    from: 'is_live(record, before) and 1 or 0',
    to: 'is_live(record, -1) and 1 or 0',
    tests: [HELD],
  },
  {
    name: 'lua: a revocation of a user does not count what others came to first',
    file: lua('end_marked'),
    from: 'lived = lived + 1 -- others',
    to: 'lived = lived + 0 -- others',
    tests: [HELD],
  },
  {
    name: 'lua: the end of one session is not noted',
    file: lua('end_session'),
    from: '  write_end(4, reason, expires, now)\n',
    to: '',
    tests: [CONFORMANCE],
    only: 'sessions.explain',
  },
  {
    name: 'lua: a session that was rotated meanwhile is taken for ended',
    file: lua('end_session'),
    from: 'current and current ~= secret and current or',
    to: 'false and current or',
    tests: [HELD],
  },
  {
    name: 'lua: the newest session is evicted',
    file: lua('trim'),
    from: 'local n = live[i]',
    to: 'local n = live[#live + 1 - i]',
    tests: [HELD],
  },
];
