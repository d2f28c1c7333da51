'use strict';

const { DRIVERS } = require('../../support');
const { JOURNALS, NAMED, opened } = require('../../users/kinds');
const { ownFile, sameFile } = require('./token-files');

describe.each(JOURNALS)('the token store in a file that the application has made, %s', (_name, journal) => {
  describe('for something else', () => ownFile(journal));

  describe.each([NAMED[0], ...DRIVERS.map(opened)])('for users, given as $name', (kind) => sameFile(journal, kind));
});
