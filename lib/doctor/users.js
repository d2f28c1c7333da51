'use strict';

// Whether the user table, the user store and a file of tokens give answers, as `health` asks them.

const { askHealth } = require('./ask.js');

/** What a failure of the user table means. */
const FAILURES = [
  [/no such table/, 'users.no-table'],
  [/no such column/, 'users.no-column'],
  [/NOTADB/, 'users.no-database'],
];

/** Asks a file of tokens that is there: to ask a missing one would make it. */
async function lookAtTokens(tell, { calls, tokensAreThere }) {
  if (!tokensAreThere) return;
  const { tokens } = await askHealth(calls);
  tell(tokens.ready ? 'tokens.answers' : 'tokens.fails', { cause: plain(tokens.error) });
}

async function lookAtUsers(tell, subject) {
  const { config, userCalls, usersAreThere } = subject;
  if (config.object === undefined && !usersAreThere) return tellNone(tell, config);
  const { users } = await askHealth(userCalls);
  return tellUsers(tell, subject, users);
}

function tellUsers(tell, { config }, { ready, kind, error = '' }) {
  if (ready) return tell('users.answers', { kind });
  const [, code] = FAILURES.find(([pattern]) => pattern.test(error)) || [undefined, 'users.fails'];
  if (code === 'users.no-table' && config.createTable) return tell('users.table-will-be-made');
  return tell(code, { file: config.file || kind, cause: plain(error) });
}

/** Without the word that 1.3.2's messages begin with. */
function plain(error = '') {
  return error.replace(/^Error: /, '');
}

function tellNone(tell, { front, resolves, file }) {
  if (file !== undefined) return undefined; // it has been told what of it is missing
  if (!front) return tell('users.nobody');
  return tell(resolves ? 'users.resolver' : 'users.open-ids');
}

module.exports = { lookAtTokens, lookAtUsers };
