'use strict';

const { once } = require('node:events');
const path = require('node:path');
const readline = require('node:readline');
const { Pool } = require('pg');
const { createApp, defer, login, startFakeWeChat, startNode } = require('../../support');
const { startPostgres, INSTALL_TIMEOUT } = require('../../support/postgres');
const { CREATE_TABLE, postgresUsers } = require('../../../examples/users-postgresql');
const { startCluster } = require('../../stores/cluster/servers');
const { users } = require('../../stores/cluster/load');
const { disorder } = require('../../stores/cluster/order');

/** A process of the fleet; `tell` gives it a command and resolves with its answer. */
function startMember(given) {
  const { child, exit } = startNode(path.join(__dirname, 'fleet.js'), {
    args: [JSON.stringify(given)],
    timeout: 90000,
  });
  const lines = readline.createInterface({ input: child.stdout });
  const ended = exit.then(({ stderr }) => {
    throw new Error(`a process of the fleet ended: ${stderr}`);
  });
  ended.catch(() => {}); // who awaits an answer still hears it
  async function tell(command, argument) {
    const answer = once(lines, 'line');
    child.stdin.write(`${JSON.stringify([command, argument])}\n`);
    const [line] = await Promise.race([answer, ended]);
    return JSON.parse(line);
  }
  return { child, exit, tell };
}

describe('users in PostgreSQL, tokens in a Redis Cluster, two processes', () => {
  let cluster;
  let config;
  beforeAll(async () => {
    ({ config } = await startPostgres());
    cluster = await startCluster();
  }, INSTALL_TIMEOUT);

  test('that log in, refresh and check at the same time leave each user one row and the token that was given last', async () => {
    const pool = new Pool(config);
    defer(() => pool.end());
    await pool.query(CREATE_TABLE);
    const [first, second, shared] = ['first', 'second', 'shared'].map((name) => users(8, name));
    const given = { tokens: cluster.tokens, config, shared };
    const fleet = [
      startMember({ ...given, mine: first, theirs: second }),
      startMember({ ...given, mine: second, theirs: first }),
    ];
    const all = (command, argument) => Promise.all(fleet.map((one) => one.tell(command, argument)));

    await all('start');
    const seen = await all('stop');
    for (const { failures, wrong } of seen) expect({ failures, wrong }).toEqual({ failures: [], wrong: [] });

    const ids = (await pool.query('SELECT open_id FROM users')).rows.map((row) => row.open_id);
    expect(ids.sort()).toEqual([...first, ...second, ...shared].sort());

    const owned = seen.flatMap(({ mine }) => mine);
    expect(owned.map((token) => token.split('|')[0])).toEqual([...first, ...second]);
    expect(await all('live', owned)).toEqual([owned, owned]);

    // Whichever refreshed last: what it was given is one of the two, and the only one that is
    // valid.
    const wechat = await startFakeWeChat();
    const app = createApp({ wechat, tokens: cluster.tokens, db: postgresUsers(pool) });
    for (const [i, user] of shared.entries()) {
      const candidates = seen.map((one) => one.shared[i]);
      const token = await login(app, wechat, user);
      expect(candidates).toContain(token);
      expect(await all('live', candidates)).toEqual([[token], [token]]);
    }
    expect(await disorder(await cluster.ready())).toEqual([]);

    for (const one of fleet) one.child.stdin.end();
    for (const { exit } of fleet) expect(await exit).toMatchObject({ code: 0, stderr: '' });
    console.log(`two processes on PostgreSQL and a Cluster: ${seen.map(({ ok }) => `${ok} calls`).join(', ')}`);
  }, 120000);
});
