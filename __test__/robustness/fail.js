'use strict';

// A process of its own in which everything fails that can; what it prints itself is the one word at
// the end.

const { setUp, succeed } = require('./failures');

async function main() {
  await succeed();
  for (const fail of Object.values(await setUp())) await (async () => fail())().catch(() => {});
  process.stdout.write('done', () => process.exit());
}

main();
