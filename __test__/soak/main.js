'use strict';

// `npm run soak -- [--minutes n] [--seed n]`: lets an application serve visitors while redis and
// WeChat fail every few seconds, and prints what there was.

const { parseArgs } = require('node:util');
const { flaws, soak } = require('./soak');

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '60' }, seed: { type: 'string' } } });

async function main() {
  const report = await soak({ seconds: 60 * Number(values.minutes), seed: values.seed && Number(values.seed) });
  console.log(JSON.stringify(report, null, 1));
  const found = [...report.wrong, ...flaws(report)];
  for (const each of new Set(found)) console.log(`wrong: ${each}`);
  process.exit(found.length > 0 ? 1 : 0);
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
