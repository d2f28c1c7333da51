'use strict';

const { rejection, sample, seen } = require('../support');
const { UNDECRYPTABLE, expectRefusal, onEveryStore } = require('./every-store');

onEveryStore('decryptData', (here) => {
  test('decrypts WeChat’s example', async () => {
    const { code, encryptedData, iv } = here.wechat.sample();
    const { token } = await here.app.login(code);
    expect(await here.app.wechat.decryptData(token, encryptedData, iv)).toStrictEqual({
      openId: sample.openId,
      nickName: 'Band',
      gender: 1,
      language: 'zh_CN',
      city: 'Guangzhou',
      province: 'Guangdong',
      country: 'CN',
      unionId: sample.unionId,
      avatarUrl: expect.any(String),
      watermark: { timestamp: expect.any(Number), appid: sample.appId },
    });
  });

  test.each([
    ['a group', { openGId: 'tG0Nf0000000' }],
    [
      'steps',
      {
        stepInfoList: [
          { timestamp: 1445866601, step: 100 },
          { timestamp: 1445876601, step: 120 },
        ],
      },
    ],
    [
      'a phone number of the old kind',
      { phoneNumber: '13580006666', purePhoneNumber: '13580006666', countryCode: '86' },
    ],
  ])('decrypts %s', async (_what, data) => {
    const token = await here.login();
    const watermark = { timestamp: expect.any(Number), appid: sample.appId };
    expect(await here.decrypt(token, here.wechat.openData('o1', data))).toStrictEqual({ ...data, watermark });
  });

  test('takes bytes for base64', async () => {
    const token = await here.login();
    const { encryptedData, iv } = here.wechat.openData('o1', { openGId: 'g' });
    const [data, vector] = [encryptedData, iv].map((text) => new Uint8Array(Buffer.from(text, 'base64')));
    expect(await here.app.wechat.decryptData(token, data, vector)).toMatchObject({ openGId: 'g' });
    expect(await here.app.wechat.decryptData(token, data, iv)).toMatchObject({ openGId: 'g' });
  });

  const text = (inner) => `{"watermark":{"appid":"${sample.appId}"},${inner}}`;

  test.each([
    ['lone surrogates', '"a":"\\ud83d","\\udc00":"x\\udfff\\ud800"'],
    ['an emoji', '"a":"🐼\\ud83d\\udc3c"'],
    ['a NUL', '"a":"\\u0000"'],
    ['numbers too large for a double', '"a":1e999,"b":-1e999,"c":123456789012345678901234567890'],
    ['exact numbers', '"a":9007199254740991,"b":0.1,"c":-0,"d":1.0,"e":1E3'],
    ['duplicate keys', '"a":1,"a":{"b":[]},"a":"last"'],
    ['a key that is not like others', '"__proto__":{"polluted":true},"constructor":1'],
    ['everything JSON has', '"a":[null,true,false,"",{},[],[[0]]],"":{"":""}'],
    ['blanks', ' \n\t"a" : [ 1 , 2 ] \r'],
    ['much', `"a":"${'字'.repeat(100000)}"`],
    ['depth', `"a":${'['.repeat(500)}${']'.repeat(500)}`],
  ])('gives what JSON.parse makes of %s', async (_what, inner) => {
    const token = await here.login();
    const plain = text(inner);
    expect(await here.decrypt(token, here.wechat.openData('o1', plain))).toStrictEqual(JSON.parse(plain));
    expect({}.polluted).toBeUndefined();
  });

  test('takes raw control characters in texts for what they are', async () => {
    const token = await here.login();
    const plain = text('"a":"1\n2\t3\0\x1f\x7f","b\r":"\\"\x01\\\\",\n"c":[ "\\ud83d\b" ]');
    expect(await here.decrypt(token, here.wechat.openData('o1', plain))).toStrictEqual({
      watermark: { appid: sample.appId },
      a: '1\n2\t3\0\x1f\x7f',
      'b\r': '"\x01\\',
      c: ['\ud83d\b'],
    });
  });

  test('replaces bytes that are no UTF-8', async () => {
    const token = await here.login();
    const bytes = Buffer.from(text('"a":"\xff"'), 'latin1');
    const { encryptedData, iv } = here.wechat.seal(bytes, { sessionKey: here.wechat.sessionKey('o1') });
    expect(await here.app.wechat.decryptData(token, encryptedData, iv)).toMatchObject({ a: '\ufffd' });
  });

  test.each([
    ['a watermark of another mini-program', '{"watermark":{"appid":"wx-other"}}'],
    ['no watermark', '{"openGId":"g"}'],
    ['a watermark that is null', '{"watermark":null}'],
    ['a list', `[{"watermark":{"appid":"${sample.appId}"}}]`],
    ['no JSON', 'hello'],
    ['JSON that is cut', `{"watermark":{"appid":"${sample.appId}"}`],
    ['null', 'null'],
    ['nothing', ''],
  ])('refuses %s: 6011', async (_what, plain) => {
    await expectRefusal(here.decrypt(await here.login(), here.wechat.openData('o1', plain)), UNDECRYPTABLE);
  });

  test.each([
    ['another iv', { iv: Buffer.alloc(16).toString('base64') }],
    ['data without their first block', ({ encryptedData }) => ({ encryptedData: encryptedData.slice(64) })],
    ['data of another user', () => here.wechat.openData('o2', { openGId: 'g' })],
  ])('refuses %s: 6011', async (_what, change) => {
    const token = await here.login();
    await here.login({ openId: 'o2' });
    const data = here.wechat.openData('o1', { openGId: 'g' });
    const given = { ...data, ...(typeof change === 'function' ? change(data) : change) };
    await expectRefusal(here.decrypt(token, given), UNDECRYPTABLE);
    expect(await here.decrypt(token, data)).toMatchObject({ openGId: 'g' });
  });

  test.each([
    ['an iv of another size', { iv: 'AAAA' }, /^iv is the base64 of 3 bytes, not 16$/],
    ['an iv that is not base64', { iv: '不是' }, /^iv is not base64$/],
    ['data that are cut', { encryptedData: 'AAAA' }, /^encryptedData is the base64 of 3 bytes, not a multiple of 16/],
    ['no data', { encryptedData: '' }, /^encryptedData is empty$/],
    ['percent-encoded data', { encryptedData: `${'%2B'.repeat(16)}AAAA` }, /^encryptedData is percent-encoded/],
  ])('says what is wrong with %s, and nothing of the key: 6011', async (_what, change, said) => {
    const token = await here.login();
    const error = await rejection(here.decrypt(token, { ...here.wechat.openData('o1', {}), ...change }));
    expect(seen(error)).toStrictEqual({ code: 6011, message: expect.stringMatching(/^Decrypt userInfo error: /) });
    expect(error.message.replace('Decrypt userInfo error: ', '')).toMatch(said);
  });

  test('repairs pluses that became blanks', async () => {
    const token = await here.login();
    for (let count = 0; count < 20; count += 1) {
      const { encryptedData, iv } = here.wechat.openData('o1', { count, padding: 'x'.repeat(100) });
      const damaged = { encryptedData: encryptedData.replaceAll('+', ' '), iv: iv.replaceAll('+', ' ') };
      expect(await here.decrypt(token, damaged)).toMatchObject({ count });
    }
  });

  test('with a stale key says so, until the user logs in here', async () => {
    const token = await here.login();
    await here.loginElsewhere();
    const data = here.wechat.openData('o1', { openGId: 'g' });
    await expectRefusal(here.decrypt(token, data), UNDECRYPTABLE);
    expect((await rejection(here.decrypt(token, data))).message).toMatch(/stale|old|newer|later/);
    expect(await here.login()).toBe(token);
    await expectRefusal(here.decrypt(token, data), UNDECRYPTABLE);
    expect(await here.decrypt(token, here.wechat.openData('o1', { openGId: 'new' }))).toMatchObject({ openGId: 'new' });
  });
});
