// Calls, so many in flight, and what they cost.

import { percentile } from './statistics.mjs';
import { processCpu, threadCpu } from './thread.mjs';

/**
 * After so many calls the event loop must have turned: hits in memory would never let it, and no
 * timer would fire.
 */
const TURN = 1024;

/**
 * Loops, as many as calls are to be in flight, each of which awaits its call before it makes the
 * next one. Their number is fixed beforehand, and only where `latencies` are wanted is a clock
 * read: it costs as much as a hit in memory.
 */
export async function drive({ check, tokens, inFlight, calls, latencies }) {
  let next = 0;
  let turned = true;
  let gate = null;

  function pace() {
    if (gate !== null) return;
    if (turned) {
      turned = false;
      setImmediate(() => {
        turned = true;
      });
    } else {
      gate = new Promise((resolve) => {
        setImmediate(() => {
          turned = true;
          gate = null;
          resolve();
        });
      });
    }
  }

  async function loop() {
    while (next < calls) {
      const call = next++;
      if (call % TURN === 0) pace();
      if (gate !== null) await gate;
      await check(tokens[call % tokens.length]);
    }
  }

  async function timedLoop() {
    while (next < calls) {
      const call = next++;
      if (call % TURN === 0) pace();
      if (gate !== null) await gate;
      const start = performance.now();
      await check(tokens[call % tokens.length]);
      latencies[call] = performance.now() - start;
    }
  }

  await Promise.all(Array.from({ length: inFlight }, latencies ? timedLoop : loop));
}

/**
 * More and more calls, for about so many milliseconds, until their rate is known: calls per
 * millisecond.
 */
export async function warmUp(work, duration) {
  const end = performance.now() + duration;
  for (let calls = work.inFlight; ; calls *= 2) {
    const start = performance.now();
    await drive({ ...work, calls });
    const now = performance.now();
    if (now >= end) return calls / (now - start);
  }
}

/**
 * Calls for about so many milliseconds, then again for their latencies. CPU times are microseconds
 * per call, latencies microseconds, RSS MiB.
 */
export async function measure(work, rate, { throughput, latency }) {
  const atLeast = work.inFlight * 10;

  const calls = Math.max(atLeast, Math.round(rate * throughput));
  const before = { thread: threadCpu(), process: processCpu(), time: performance.now() };
  await drive({ ...work, calls });
  const seconds = (performance.now() - before.time) / 1000;
  const thread = before.thread === null ? null : (threadCpu() - before.thread) / calls;
  const all = (processCpu() - before.process) / calls;
  const rss = process.memoryUsage.rss() / 2 ** 20;

  const latencies = new Float64Array(Math.max(atLeast, Math.round(rate * latency)));
  await drive({ ...work, calls: latencies.length, latencies });
  latencies.sort();
  return {
    perSecond: calls / seconds,
    threadCpu: thread,
    processCpu: all,
    p50: percentile(latencies, 0.5) * 1000,
    p99: percentile(latencies, 0.99) * 1000,
    rss,
  };
}
