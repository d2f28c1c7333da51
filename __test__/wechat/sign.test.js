'use strict';

const { createHmac } = require('node:crypto');
const { rejection, seen } = require('../support');
const { NOT_KEPT, NOT_LIVE, expectRefusal, onEveryStore } = require('./every-store');

/** WeChat's own example: a key, a text, and its signature. */
const VECTOR = {
  key: 'o0q0otL8aEzpcZL/FT9WsQ==',
  text: '{"foo":"bar"}',
  signature: '654571f79995b2ce1e149e53c0a33dc39c0a74090db514261454e8dbe432aa0b',
};

const hmac = (key, data) => createHmac('sha256', key).update(data).digest('hex');

onEveryStore('a signature', (here, isShared) => {
  let token;
  beforeEach(async () => {
    token = await here.login({ openId: 'o1', sessionKey: VECTOR.key });
  });
  const sign = (data, on = here.app) => on.wechat.sign(token, data);

  test('is that of WeChat’s example', async () => {
    expect(await sign(VECTOR.text)).toBe(VECTOR.signature);
    expect(await sign(Buffer.from(VECTOR.text))).toBe(VECTOR.signature);
  });

  test.each([
    ['nothing', ''],
    ['text', '微信 “支付”\n'],
    ['bytes', Buffer.from([0, 255, 128, 10])],
    ['a view', new Uint16Array([1, 2, 3]).subarray(1)],
    ['a megabyte', Buffer.alloc(1 << 20, 'x')],
  ])('of %s is the HMAC under the key as text', async (_what, data) => {
    const bytes =
      typeof data === 'string' ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
    expect(await sign(data)).toBe(hmac(VECTOR.key, bytes));
  });

  test('is made with the key of the newest login', async () => {
    await here.login({ openId: 'o1', sessionKey: 'c2Vjb25kIGtleSBvZiB1cw==' });
    expect(await sign(VECTOR.text)).toBe(hmac('c2Vjb25kIGtleSBvZiB1cw==', VECTOR.text));
  });

  test('is none for what is no live token', async () => {
    for (const other of ['', 'garbage', `${token}0`, `nobody|shop|${'0a'.repeat(32)}`]) {
      await expectRefusal(here.app.wechat.sign(other, 'x'), NOT_LIVE);
    }
    await here.app.sessions.revoke(token);
    await expectRefusal(sign('x'), NOT_LIVE);
  });

  test('is none where no key is kept', async () => {
    await expectRefusal(sign('x', here.open({ options: { sessionKeys: false } })), isShared ? NOT_KEPT : NOT_LIVE);
  });

  test('minds the sku', async () => {
    const other = here.open({ sku: 'other' });
    await expectRefusal(sign(VECTOR.text, other), NOT_LIVE);
    if (isShared) expect(await other.wechat.sign(token, VECTOR.text, { skus: ['shop'] })).toBe(VECTOR.signature);
  });

  test.each([[undefined], [null], [{}], [[]], [Symbol('x')], [() => 'x'], [true]])(
    'of %p is refused by name',
    async (data) => {
      expect(seen(await rejection(sign(data)))).toStrictEqual({
        code: 6001,
        message: expect.stringMatching(/data parameter/),
      });
    },
  );
});
