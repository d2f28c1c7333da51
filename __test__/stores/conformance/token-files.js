'use strict';

const path = require('node:path');
const { drivers, tempDir } = require('../../support');
const { numbers, userFile } = require('../../users/support');
const { give } = require('../../users/kinds');
const { tokenStore } = require('./token-store');

const USERS = numbers(5).map((n) => `o${n}`);

/**
 * The tokens in a file of their own, made by the library or, in that journal mode, by the
 * application.
 */
function ownFile(journal) {
  let file;
  beforeEach(async () => {
    file = journal ? await userFile({ journal }) : path.join(tempDir(), 'tokens.db');
  });
  tokenStore(() => ({ file }), { shared: true });
}

/** Tokens and users in one file, which is given for the users as the kind says. */
function sameFile(journal, kind) {
  let file;
  let own;
  beforeEach(async () => {
    file = await userFile({ journal, users: USERS });
    own = await drivers[kind.driver](file);
  });
  tokenStore(() => ({ file }), { shared: true, db: () => give(kind, file, own.db) });
}

module.exports = { ownFile, sameFile };
