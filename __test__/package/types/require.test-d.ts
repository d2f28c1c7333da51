// The way that CommonJS in TypeScript imports, without esModuleInterop too.

import mpauthx = require('mpauthx');

const wx: mpauthx.Mpauthx = mpauthx('wx', 'secret', 'shop', null);
const same: typeof mpauthx = mpauthx.default;
const options: mpauthx.Options = { tokens: 'memory' };
const auth: mpauthx.Auth = mpauthx.createAuth({ sku: 'shop', tokens: 'memory' });
const made: mpauthx.MpauthxError = new mpauthx.MpauthxError('x', { code: mpauthx.statusCode.unknownError });
const failed = (error: mpauthx.MpauthxError): number => error.code;

// @ts-expect-error: it is no object with a function of that name
mpauthx.create('wx');
// @ts-expect-error: a token is text
wx.extractOpenId(42);

export { auth, failed, made, options, same, wx };
