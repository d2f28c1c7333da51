// One contestant, asked for one number in flight at a time.

import { answer, settings, tell } from '../child.mjs';
import { open } from '../contestants.mjs';
import { measure, warmUp } from '../measure.mjs';
import { refuses } from '../refuses.mjs';

/** As many in flight as make enough calls for all that runs to be compiled. */
const MANY = 256;

const { id, tokens, times } = settings;
const contestant = await open(id, settings);
const rates = new Map();

if (contestant.absent) {
  await tell({ absent: contestant.absent });
} else {
  // Who does not refuse what is not live has not checked.
  if (!contestant.refusesNothing) await refuses(contestant, tokens[0]);
  await warmUp({ check: contestant.check, tokens, inFlight: MANY }, times.warmUp);
  answer(async (inFlight) => {
    const work = { check: contestant.check, tokens, inFlight };
    if (!rates.has(inFlight)) rates.set(inFlight, await warmUp(work, times.warmUp));
    const measured = await measure(work, rates.get(inFlight), times);
    rates.set(inFlight, measured.perSecond / 1000);
    return measured;
  });
  await tell({});
}
