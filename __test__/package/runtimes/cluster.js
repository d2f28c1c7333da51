'use strict';

// Two workers of node:cluster on one token file and one user table. The first logs in, the second
// checks the token and ends it, and the first hears that it has ended.

const cluster = require('node:cluster');
const { once } = require('node:events');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const [folder] = process.argv.slice(2);

if (cluster.isPrimary) primary();
else worker();

async function primary() {
  const data = fs.mkdtempSync(path.join(os.tmpdir(), 'mpauthx-cluster-'));
  const workers = [cluster.fork({ DATA: data }), cluster.fork({ DATA: data })];
  await Promise.all(workers.map((each) => once(each, 'online')));
  const ask = async (index, question) => {
    workers[index].send(question);
    return (await once(workers[index], 'message'))[0];
  };
  const token = await ask(0, { issue: 'o1' });
  const live = await ask(1, { check: token });
  await ask(1, { revoke: token });
  const ended = !(await ask(0, { check: token }));
  for (const each of workers) each.disconnect();
  fs.rmSync(data, { recursive: true });
  console.log(JSON.stringify({ workers: workers.length, live, ended }));
}

function worker() {
  const mpauthx = require(folder);
  const file = (name) => path.join(process.env.DATA, name);
  const options = { tokens: { file: file('tokens.db') }, createTable: true };
  const auth = mpauthx('wx', 'secret', 'shop', file('users.db'), null, 60, options);
  process.on('message', async ({ issue, check, revoke }) => {
    if (issue) process.send((await auth.sessions.issue(issue)).token);
    if (check) process.send(Boolean(await auth.sessions.inspect(check)));
    if (revoke) process.send(await auth.sessions.revoke(revoke));
  });
}
