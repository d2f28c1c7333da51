'use strict';

// `npm run test:linearizability -- [--seconds n] [--seed n] [--calm] [place …]`: records
// histories on each place for so many seconds, without faults where it is to be calm, judges them,
// and prints what there was.

const os = require('node:os');
const { PLACES } = require('./places');
const { recorded, kept } = require('./record');

const { values, positionals } = require('node:util').parseArgs({
  options: { seconds: { type: 'string', default: '20' }, seed: { type: 'string' }, calm: { type: 'boolean' } },
  allowPositionals: true,
});

function told({ place, seed, partitions, operations, unknown, undecided, wrong, odd, printed, steps, faults }) {
  const happened = Object.entries(faults).map(([name, count]) => `${count} × ${name}`);
  console.log(
    `${place}: ${operations} operations and ${unknown} without an answer, of ${partitions} users, ${steps} steps`,
  );
  console.log(`  ${happened.join(', ') || 'no faults'}; seed ${seed}`);
  console.log(`  not linearizable: ${wrong.length}, undecided: ${undecided}`);
  for (const each of new Set([...odd, ...printed])) console.log(`  odd: ${each}`);
}

async function main() {
  let isWrong = false;
  for (const place of positionals.length > 0 ? positionals : Object.keys(PLACES)) {
    const seed = values.seed && Number(values.seed);
    const report = await recorded(place, { seconds: Number(values.seconds), seed, faults: values.calm && [] });
    told(report);
    const file = kept(report, os.tmpdir());
    if (file) console.log(`  see ${file}`);
    isWrong ||= report.wrong.length > 0 || report.odd.length > 0 || report.printed.length > 0;
  }
  process.exit(isWrong ? 1 : 0);
}

process.setMaxListeners(100); // each server that is started is to end with this process
main().catch((error) => {
  console.error(error);
  process.exit(1);
});
