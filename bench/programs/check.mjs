// One contestant, at every number in flight.

import { settings, tell } from '../child.mjs';
import { open } from '../contestants.mjs';
import { measure } from '../measure.mjs';
import { refuses } from '../refuses.mjs';

const { id, tokens, inFlight, times } = settings;
const contestant = await open(id, settings);
if (contestant.absent) {
  await tell({ absent: contestant.absent });
} else {
  // Who does not refuse what is not live has not checked.
  if (!contestant.refusesNothing) await refuses(contestant, tokens[0]);
  const levels = {};
  for (const level of inFlight) levels[level] = await measure({ ...contestant, tokens, inFlight: level }, times);
  await tell(levels);
}
