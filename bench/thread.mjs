// What the JavaScript thread has cost. Utilization of the event loop does not tell: it counts
// waiting for a core as work.

import { existsSync, readFileSync } from 'node:fs';

// Linux: nanoseconds on a core, then two numbers that do not matter here. The first thread of a
// process has its number.
const SCHEDSTAT = `/proc/self/task/${process.pid}/schedstat`;

/** CPU time of the main thread so far, in microseconds; null where nobody keeps account of it. */
export const threadCpu = existsSync(SCHEDSTAT) ? fromScheduler : process.threadCpuUsage ? fromNode : () => null;

function fromScheduler() {
  return Number(readFileSync(SCHEDSTAT, 'utf8').split(' ', 1)[0]) / 1000;
}

function fromNode() {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

/** CPU time of all threads so far, in microseconds. */
export function processCpu() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
