// Everybody's process is there from the start to the end, and idle but for its turns: so turns can
// be short and many, and what disturbs the machine for some seconds disturbs everybody.

import { serve } from '../children.mjs';

/**
 * Those who are `present`, each with `ask` and a place for its `rounds`, those who are `absent` and
 * why, and `stop`, which ends all.
 */
export async function serveAll(program, contestants, settings) {
  const children = [];
  const stop = async () => {
    for (const child of children) await child.stop();
  };
  const present = [];
  const absent = [];
  try {
    for (const { id, kind, title } of contestants) {
      const child = await serve(program, { ...settings, id });
      children.push(child);
      if (child.first.absent) absent.push({ id, kind, title, absent: child.first.absent });
      else present.push({ id, kind, title, first: child.first, ask: child.ask, rounds: {} });
    }
    return { present, absent, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
