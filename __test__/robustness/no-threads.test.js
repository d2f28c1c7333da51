'use strict';

// A system that starts no more threads: `ulimit -u`, the pids limit of a container.

const path = require('node:path');
const { lastLine, runNode } = require('../support');
const { preload } = require('../support/preload');

const REFUSED = {
  is: '[object Error]',
  name: 'Error',
  code: 6000,
  message: expect.stringMatching(/^Error: the system starts no more threads for this process: .*ulimit -u.*pids/),
};

const onLinux = process.platform === 'linux' ? describe : describe.skip;

onLinux('where the system starts no more threads', () => {
  const program = path.join(__dirname, 'no-threads.js');
  let env;
  beforeAll(() => {
    env = preload(path.join(__dirname, 'no-threads.c'));
  });

  /** What each kind of object says that has so many threads. */
  async function said(threads) {
    const { code, stderr, stdout } = await runNode(program, { env: { ...env, THREADS: `${threads}` }, timeout: 20000 });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return lastLine(stdout);
  }

  // The runtime starts with three threads, of which two stay.
  test.each([0, 1, 2])('but %i: every factory says so', async (threads) => {
    for (const heard of Object.values(await said(threads))) expect(heard).toEqual(REFUSED);
  });

  test.each([3, 4, 5, 6])('but %i: who misses one says so, and all others answer', async (threads) => {
    const heard = Object.values(await said(threads));
    expect(heard).toContainEqual(REFUSED);
    for (const each of heard) {
      const answers = each === 'answered' || each.code === 6010 || /redis cannot be reached/.test(each.message);
      if (!answers) expect(each).toEqual(REFUSED);
    }
  });
});
