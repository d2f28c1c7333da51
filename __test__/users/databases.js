'use strict';

const path = require('node:path');
const { drivers, tempDir } = require('../support');
const { JOURNALS, give } = require('./kinds');

/** Makes stores in a file of the given journal mode, given as the kind says, for `userTable`. */
const inFile = (journal, kind) => async (schema) => {
  const file = path.join(tempDir(), 'users.db');
  const own = await drivers[kind.driver](file);
  await own.exec(`PRAGMA journal_mode = ${journal}; ${schema}`);
  return { ...own, db: give(kind, file, own.db), options: kind.options };
};

/** The same in memory; `as` says what is given of a handle. */
const inMemory =
  (driver, as = (handle) => handle) =>
  async (schema) => {
    const own = await drivers[driver](':memory:');
    await own.exec(schema);
    return { ...own, db: as(own.db) };
  };

/** These kinds in a file of each journal mode, with their names. */
const inFiles = (kinds) =>
  JOURNALS.flatMap(([name, journal]) => kinds.map((kind) => [`${kind.name}, ${name}`, inFile(journal, kind)]));

module.exports = { inFile, inFiles, inMemory };
