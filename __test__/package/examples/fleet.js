'use strict';

// One process of a fleet: its users are in PostgreSQL, its tokens in a Redis Cluster. It does what
// the lines on its stdin say, each `[command, argument]`, and answers each with a line.

const readline = require('node:readline');
const { Pool } = require('pg');
const { createApp, liveOf, startFakeWeChat } = require('../../support');
const { postgresUsers } = require('../../../examples/users-postgresql');
const { history, startLoad } = require('../../stores/cluster/load');

async function main({ tokens, config, mine, theirs, shared }) {
  const wechat = await startFakeWeChat();
  const pool = new Pool(config);
  const app = createApp({ wechat, tokens, db: postgresUsers(pool) });
  const past = {
    mine: mine.map((user) => history(user)),
    theirs: theirs.map((user) => history(user, { writes: false, lossy: true })),
    shared: shared.map((user) => history(user, { lossy: true })), // each process undoes the other's refreshes
  };
  const last = (pasts) => pasts.map((one) => one.live());
  let load;

  const commands = {
    async start() {
      load = startLoad(app, wechat, Object.values(past).flat());
      await load.answers(20);
    },
    async stop() {
      return { ...(await load.stop()), mine: last(past.mine), shared: last(past.shared) };
    },
    live: (given) => liveOf(app, given),
  };
  for await (const line of readline.createInterface({ input: process.stdin })) {
    const [command, argument] = JSON.parse(line);
    console.log(JSON.stringify((await commands[command](argument)) ?? null));
  }
  await app.close();
  await pool.end();
  await wechat.close();
}

main(JSON.parse(process.argv[2]));
