'use strict';

const { userTable } = require('./table');
const { userView } = require('./view');
const { inFiles } = require('./databases');
const { NAMED, handles, opened, withUsers } = require('./kinds');

const [, ...URLS] = NAMED;

describe.each(
  inFiles([
    ...URLS,
    ...handles(['sqlite', 'better-sqlite3']),
    withUsers(opened('sqlite3'), 'native'),
    ...['sqlite3', 'sqlite', 'better-sqlite3'].map((driver) => withUsers(opened(driver), 'object')),
  ]),
)('the user store: %s', (_name, open) => {
  userTable(open);
  userView(open);
});
