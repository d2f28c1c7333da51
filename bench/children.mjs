// Every contestant is measured in a process of its own: nobody inherits another's heap, compiled
// code or connections.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Longer than any program takes, in milliseconds: one that hangs is to fail, not to hang us. */
const DEADLINE = 900_000;

/** None outlives us. */
const alive = new Set();
process.once('exit', () => {
  for (const child of alive) child.kill('SIGKILL');
});

/** Runs a file of programs/ and resolves with the one message that it tells. */
export async function run(program, settings, execArgv) {
  const child = await serve(program, settings, execArgv);
  await child.stop();
  return child.first;
}

/** Starts a file of programs/, and resolves when it has told its first message. */
export async function serve(program, settings, execArgv = []) {
  const file = fileURLToPath(new URL(`programs/${program}.mjs`, import.meta.url));
  // What clients print is no part of the report.
  const child = fork(file, { execArgv, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const kill = () => child.kill('SIGKILL');
  alive.add(child);

  const hear = () =>
    new Promise((resolve, reject) => {
      const done = () => {
        clearTimeout(timer);
        child.off('message', heard).off('exit', ended);
      };
      const heard = (message) => {
        done();
        resolve(message);
      };
      const ended = (code, signal) => {
        done();
        reject(new Error(`bench/programs/${program}.mjs ended with ${signal ?? `exit code ${code}`}`));
      };
      const timer = setTimeout(kill, DEADLINE);
      child.once('message', heard).once('exit', ended);
    });

  const ask = (message) => {
    const answer = hear();
    child.send(message);
    return answer;
  };
  const stop = async () => {
    alive.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    kill();
    await gone;
  };
  try {
    return { first: await ask(settings), ask, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
