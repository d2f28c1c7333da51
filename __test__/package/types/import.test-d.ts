// The way that TypeScript imports from CommonJS by `import`, of values and of types alone.

import type Factory from 'mpauthx';
import type { Mpauthx, Success } from 'mpauthx';
import mpauthx from 'mpauthx';

const wx: Mpauthx = mpauthx('wx', 'secret', 'shop', null);
const factory: typeof Factory = mpauthx;
const refreshed: Promise<Success> = factory('wx', 'secret', 'shop', null).refreshToken('user');

// @ts-expect-error: imported as a type, it is no value
Factory('wx', 'secret', 'shop', null);

export { refreshed, wx };
