// The way that an ES module imports.

import mpauthx, { createAuth, type Mpauthx, MpauthxError, type Success, statusCode } from 'mpauthx';

const wx: Mpauthx = mpauthx('wx', 'secret', 'shop', null, null, null, { tokens: 'memory' });
const refreshed: Promise<Success> = wx.refreshToken('user');
const failed = (error: MpauthxError): boolean => error.retryable === true;

// @ts-expect-error: db is missing
mpauthx('wx', 'secret', 'shop');

export const { login } = createAuth({ sku: 'shop', tokens: 'memory' });
export const code: 6007 = statusCode.invalidAccessToken;
export const is = (error: unknown): error is MpauthxError => error instanceof MpauthxError;
export { failed, refreshed };
