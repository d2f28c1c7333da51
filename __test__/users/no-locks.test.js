'use strict';

// A system without open-file-description locks, as gVisor and old kernels are.

const path = require('node:path');
const { lastLine, runNode } = require('../support');
const { preload } = require('../support/preload');

const MISSING = expect.stringMatching(
  /^Error: SQLITE_IOERR: this system has no open-file-description locks .*pass a database object as db, and keep tokens in redis$/,
);
const REFUSED = { code: 6000, message: MISSING };
const ANSWERED = ['answered', 'answered', 'answered'];

const onLinux = process.platform === 'linux' ? test : test.skip;

onLinux('who would open a file says that the system lacks locks, and who asks a handle answers', async () => {
  const { code, stdout, stderr } = await runNode(path.join(__dirname, 'no-locks.js'), {
    env: preload(path.join(__dirname, 'no-ofd-locks.c')),
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(lastLine(stdout)).toEqual({
    'a path': [REFUSED, REFUSED, REFUSED],
    'a path, write-ahead log': [REFUSED, REFUSED, REFUSED],
    'a path that is made': [REFUSED, REFUSED, REFUSED],
    "users: 'native'": [REFUSED, REFUSED, REFUSED],
    'a handle': ANSWERED,
    'a handle, write-ahead log': ANSWERED,
    'a file of tokens': [REFUSED, REFUSED, REFUSED],
    health: MISSING,
  });
});
