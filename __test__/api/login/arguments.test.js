'use strict';

// Whatever a function is called with, it gives a promise, and that settles: with a value, or an
// Error of the documented codes.

const { createApp, everybody, startFakeWeChat, within } = require('../../support');
const { ODD } = require('../../support/odd-values');

const KEY = Buffer.alloc(16, 1).toString('base64');

/** Codes that a call with odd arguments may reject with. */
const CODES = [6001, 6007, 6008, 6011];

let wechat;
let app;
let token;
let data;
beforeAll(async () => {
  wechat = await startFakeWeChat();
  app = createApp({ wechat, db: everybody(), options: { sessionKeys: true } });
  const { code, encryptedData, iv } = wechat.user({ openId: 'o1', sessionKey: KEY });
  token = (await app.login(code)).token;
  data = { encryptedData, iv };
});

/** Each function with arguments that are right, by which the odd ones are surrounded. */
const CALLS = {
  login: () => [app.login, ['code']],
  'login, its options': () => [(options) => app.login('code', options), [{}]],
  'login, its device': () => [(device) => app.login('code', { device }), ['x']],
  'wechat.getPhoneNumber': () => [app.wechat.getPhoneNumber, ['code', {}]],
  'wechat.getPhoneNumber, its openId': () => [(openId) => app.wechat.getPhoneNumber('code', { openId }), ['o1']],
  'wechat.decryptData': () => [app.wechat.decryptData, [token, data.encryptedData, data.iv]],
  'wechat.checkSignature': () => [app.wechat.checkSignature, [token, '{}', '0'.repeat(40)]],
};

describe.each(Object.keys(CALLS))('%s', (name) => {
  test('with any value in any place settles', async () => {
    const [call, sensible] = CALLS[name]();
    for (const at of sensible.keys()) {
      for (const [index, make] of ODD.entries()) {
        const args = Object.assign([...sensible], { [at]: make() });
        const what = `${name}, argument ${at}, odd value ${index}`;
        let promise;
        expect(() => {
          promise = call(...args);
        }).not.toThrow();
        expect(promise).toBeInstanceOf(Promise);
        const reason = await within(
          20000,
          promise.then(
            () => undefined,
            (error) => ({ error }),
          ),
          what,
        );
        if (reason === undefined) continue;
        if (!(reason.error instanceof Error) || !CODES.includes(reason.error.code)) {
          throw new Error(`${what}: rejected with ${String(reason.error)} (${reason.error?.code})`);
        }
      }
    }
  }, 120000);

  test.each([[], [null], [undefined]])('without what it needs is 6001 (%p)', async (...args) => {
    if (name.includes(',')) return;
    const [call] = CALLS[name]();
    await expect(call(...args)).rejects.toMatchObject({
      code: 6001,
      message: expect.stringMatching(/^Missing (code|token) parameter$/),
    });
  });
});

test('what is missing is named, in order', async () => {
  const { decryptData, checkSignature } = app.wechat;
  const { encryptedData, iv } = data;
  const missing = (name) => ({ code: 6001, message: `Missing ${name} parameter` });
  await expect(decryptData(null, null, null)).rejects.toMatchObject(missing('token'));
  await expect(decryptData(token, null, null)).rejects.toMatchObject(missing('encryptedData'));
  await expect(decryptData(token, encryptedData)).rejects.toMatchObject(missing('iv'));
  await expect(decryptData(token, undefined, iv)).rejects.toMatchObject(missing('encryptedData'));
  await expect(checkSignature(undefined, 'x', 'y')).rejects.toMatchObject(missing('token'));
  await expect(checkSignature(token, null, 'y')).rejects.toMatchObject(missing('rawData'));
  await expect(checkSignature(token, 'x')).rejects.toMatchObject(missing('signature'));
});
