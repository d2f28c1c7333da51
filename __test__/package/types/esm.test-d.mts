// The way that an ES module imports.

import mpauthx, { type Mpauthx, type MpauthxError, type Success } from 'mpauthx';

const wx: Mpauthx = mpauthx('wx', 'secret', 'shop', null, null, null, { tokens: 'memory' });
const refreshed: Promise<Success> = wx.refreshToken('user');
const failed = (error: MpauthxError): boolean => error.retryable === true;

// @ts-expect-error: db is missing
mpauthx('wx', 'secret', 'shop');

export { failed, refreshed };
