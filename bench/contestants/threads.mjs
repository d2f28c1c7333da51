// Without the short way of checks: as they go where there is none.

import { createRequire } from 'node:module';
import { ours } from './ours.mjs';

const { Direct } = createRequire(import.meta.url)('../../lib/direct.js');

export function open(place) {
  Direct.prototype.take = () => false;
  return ours(place);
}
