'use strict';

const path = require('node:path');
const { createApp, lastLine, liveOf, startNode } = require('../support');
const { rowsOf } = require('../stores/file/support');
const { JOURNALS } = require('./kinds');
const { inspect, runProgram, userFile } = require('./support');
const { SHARED } = require('./writer');

const ENOUGH = 20;
const STORES = [
  ['tokens in memory', () => 'memory'],
  ['tokens in the same file', (file) => ({ file })],
];

/**
 * An application and the library write one file in one process for `seconds`, beside another
 * process that does so too; then a fresh process looks at the file. `kinds` say what is given, and
 * by which driver the application writes.
 */
function twoLibraries(seconds, kinds, { journals = JOURNALS, stores = STORES } = {}) {
  const limit = seconds * 1000 + 60000;
  const ways = kinds.flatMap((kind) => stores.map(([name, tokens]) => [`${kind.name}, ${name}`, kind, tokens]));

  describe.each(journals)('%s', (_mode, journal) => {
    test.each(ways)(
      '%s: the file stays whole and holds all of both sides',
      async (_way, kind, tokensOf) => {
        const file = await userFile({ journal, users: [SHARED] });
        const tokens = tokensOf(file);
        const other = startNode(path.join(__dirname, 'other-process.js'), {
          args: [JSON.stringify({ file, tokens })],
          timeout: limit,
        });
        await other.line('writing');
        const here = await runProgram('two-libraries.js', { file, kind, tokens, seconds }, limit);
        other.child.stdin.end();
        const { stdout, stderr } = await other.exit;
        expect(stderr).toBe('');
        const there = lastLine(stdout);

        const issued = { ...here.tokens, ...there.tokens };
        const users = Object.keys(issued);
        const found = await inspect(file);
        expect(found.check).toBe('ok');
        expect(found.users.sort()).toEqual([SHARED, ...users].sort());
        expect(found.ledger).toEqual([...here.written, ...there.written].sort((a, b) => a - b));
        for (const side of [here.written.length, here.opened, Object.keys(here.tokens).length])
          expect(side).toBeGreaterThanOrEqual(ENOUGH);

        if (tokens === 'memory') return;
        const rows = await rowsOf(file);
        expect(rows.map(([user]) => user).sort()).toEqual([SHARED, ...users].sort());
        expect(await liveOf(createApp({ tokens }), Object.values(issued))).toEqual(Object.values(issued));
      },
      2 * limit,
    );
  });
}

module.exports = { twoLibraries, STORES };
