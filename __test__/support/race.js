'use strict';

const path = require('node:path');
const { lastLine, startNode } = require('./node');

const PROCESSES = 4;

/**
 * Lets every one of the processes make these calls at the same moment; the tokens that were handed
 * out.
 */
async function race(config) {
  const racers = Array.from({ length: PROCESSES }, () =>
    startNode(path.join(__dirname, 'racer.js'), { args: [JSON.stringify(config)] }),
  );
  await Promise.all(racers.map((racer) => racer.line('ready')));
  for (const racer of racers) racer.child.stdin.end();
  const ends = await Promise.all(racers.map((racer) => racer.exit));
  return ends.flatMap(({ code, stdout, stderr }) => {
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return lastLine(stdout);
  });
}

module.exports = { race, PROCESSES };
