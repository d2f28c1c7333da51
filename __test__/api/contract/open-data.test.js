'use strict';

const crypto = require('node:crypto');
const { rejection, sample, seen } = require('../../support');
const { authorize, contract } = require('./support');

const here = contract();

const OK = { openId: 'o1', watermark: { timestamp: 1, appid: sample.appId } };
const MESSAGE = 'Decrypt userInfo error';

/** A login whose data are this plaintext, WeChat naming o1. */
function sealed(plaintext, given) {
  const login = { code: crypto.randomUUID(), ...here.wechat.seal(plaintext, given) };
  here.wechat.answer(login.code, { openid: 'o1', session_key: login.sessionKey });
  return login;
}

/** The official sample with another session key. */
function withKey(sessionKey) {
  const login = here.wechat.sample();
  here.wechat.answer(login.code, { openid: sample.openId, session_key: sessionKey });
  return login;
}

const bytes = (text) => Buffer.from(text, 'base64');
const cut = (text, count) => bytes(text).subarray(0, count).toString('base64');
const withSample = (change) => ({ ...here.wechat.sample(), ...change });

describe('wrong data reject with the one 6011', () => {
  /** Encrypted as it is, without adding a padding. */
  function unpadded(plaintext) {
    const { sessionKey, iv } = here.wechat.seal('');
    const cipher = crypto.createCipheriv('aes-128-cbc', bytes(sessionKey), bytes(iv)).setAutoPadding(false);
    const encryptedData = Buffer.concat([cipher.update(plaintext), cipher.final()]).toString('base64');
    const login = { code: crypto.randomUUID(), encryptedData, iv };
    here.wechat.answer(login.code, { openid: 'o1', session_key: sessionKey });
    return login;
  }

  /** The right text in whole blocks, ended by these bytes. */
  function endedBy(...tail) {
    const text = Buffer.from(JSON.stringify(OK));
    const gap = (32 - ((text.length + tail.length) % 16)) % 16;
    return unpadded(Buffer.concat([text, Buffer.alloc(gap, ' '), Buffer.from(tail)]));
  }

  const json = (value) => sealed(JSON.stringify(value));
  const marked = (watermark) => json({ ...OK, watermark });

  test.each([
    ['data without the last block', () => withSample({ encryptedData: cut(sample.encryptedData, -16) })],
    ['data without the first block', () => withSample({ encryptedData: bytes(sample.encryptedData).subarray(16) })],
    ['other data', () => withSample({ encryptedData: crypto.randomBytes(64) })],
    ['another iv', () => withSample({ iv: Buffer.alloc(16) })],
    ['another key', () => withKey(Buffer.alloc(16, 1).toString('base64'))],
    ['a key of 15 bytes', () => withKey(cut(sample.sessionKey, 15))],
    ['a key of 24 bytes', () => withKey(Buffer.alloc(24).toString('base64'))],
    ['a key of 32 bytes', () => withKey(Buffer.alloc(32).toString('base64'))],
    ['a key that is not base64', () => withKey('????')],
    ['a padding of 0', () => endedBy(0)],
    ['a padding of 17', () => endedBy(...Array(17).fill(17))],
    ['a padding of 255', () => endedBy(255)],
    ['a padding of uneven bytes', () => endedBy(3, 2, 3)],
    ['no text', () => sealed('')],
    ['a text that is not JSON', () => sealed('hello')],
    ['half a JSON', () => sealed(JSON.stringify(OK).slice(0, -1))],
    ['more than a JSON', () => sealed(`${JSON.stringify(OK)}x`)],
    ['a raw control character between values', () => sealed(JSON.stringify(OK).replace(',', ',\x01'))],
    ['a backslash before a raw line end', () => sealed(JSON.stringify({ ...OK, n: 'N' }).replace('"N"', '"\\\n"'))],
    ['a byte order mark', () => sealed(`\ufeff${JSON.stringify(OK)}`)],
    ['UTF-16', () => sealed(Buffer.from(JSON.stringify(OK), 'utf16le'))],
    ['null', () => json(null)],
    ['a number', () => json(1)],
    ['a string', () => json('o1')],
    ['an array', () => json([OK])],
    ['no watermark', () => json({ openId: 'o1' })],
    ['a watermark of null', () => marked(null)],
    ['a watermark that is text', () => marked(sample.appId)],
    ['a watermark in an array', () => marked([OK.watermark])],
    ['a watermark without appid', () => marked({ timestamp: 1 })],
    ['a watermark of another appid', () => marked({ appid: 'wx0000000000000000' })],
    ['a watermark of another letter case', () => marked({ appid: sample.appId.toUpperCase() })],
    ['a watermark with a blank', () => marked({ appid: `${sample.appId} ` })],
    ['a watermark whose appid is in an array', () => marked({ appid: [sample.appId] })],
    ['an appid beside the watermark', () => json({ openId: 'o1', appid: sample.appId, watermark: {} })],
    [
      'a watermark whose last appid is another',
      () => sealed(`{"openId":"o1","watermark":{"appid":"${sample.appId}","appid":"x"}}`),
    ],
  ])('(%s)', async (_what, make) => {
    const error = await rejection(authorize(here.app, make()));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6011, message: MESSAGE });
    expect(await here.users()).toEqual([]);
  });

  test('and a single changed bit in the last two blocks never logs anybody else in', async () => {
    const login = here.wechat.user({ openId: 'o1' });
    const data = bytes(login.encryptedData);
    for (let bit = 0; bit < 256; bit += 1) {
      const changed = Buffer.from(data);
      changed[changed.length - 32 + (bit >> 3)] ^= 1 << (bit & 7);
      const outcome = await authorize(here.app, { ...login, encryptedData: changed }).catch((error) => error);
      if (outcome instanceof Error) expect(seen(outcome)).toStrictEqual({ code: 6011, message: MESSAGE });
      else expect(outcome.response).toMatch(/^o1\|shop\|/);
    }
  });
});

describe('what is wrong before any decryption is told, with a 6011', () => {
  const percent = (text) => encodeURIComponent(text);
  const iv = (count) => new RegExp(`^iv .* ${count} bytes, not 16$`);

  test.each([
    ['no data', { encryptedData: '' }, /^encryptedData is empty$/],
    ['data that are not base64', { encryptedData: '[object Object]' }, /^encryptedData is not base64$/],
    [
      'data of no whole block',
      { encryptedData: cut(sample.encryptedData, -1) },
      /^encryptedData .* \d+ bytes, not a mul/,
    ],
    [
      'data that are percent-encoded',
      { encryptedData: percent(sample.encryptedData) },
      /^encryptedData is percent-enc/,
    ],
    ['data that are base64 in a Buffer', { encryptedData: Buffer.from(`${sample.encryptedData}A`) }, /Buffer/],
    ['no iv', { iv: '' }, /^iv is empty$/],
    ['an iv that is not base64', { iv: '{}' }, /^iv is not base64$/],
    ['an iv of 15 bytes', { iv: cut(sample.iv, 15) }, iv(15)],
    ['an iv of 17 bytes', { iv: Buffer.concat([bytes(sample.iv), Buffer.alloc(1)]) }, iv(17)],
    ['an iv of 32 bytes', { iv: Buffer.alloc(32) }, iv(32)],
    ['an iv that is percent-encoded', { iv: percent(sample.iv) }, /^iv is percent-encoded/],
    ['an iv that is percent-encoded twice', { iv: percent(percent(sample.iv)) }, /^iv is percent-encoded/],
    ['an iv that is base64 in a Buffer', { iv: Buffer.from(sample.iv) }, /^iv is text in a Buffer/],
    ['both', { encryptedData: '', iv: '' }, /^encryptedData is empty; iv is empty$/],
  ])('(%s)', async (_what, change, said) => {
    const error = await rejection(authorize(here.app, withSample(change)));
    expect(seen(error)).toStrictEqual({ code: 6011, message: expect.stringMatching(/^Decrypt userInfo error: /) });
    expect(error.message.slice(`${MESSAGE}: `.length)).toMatch(said);
  });

  test('and depends on what was sent alone, however far a decryption comes', async () => {
    const { sessionKey } = here.wechat.seal('');
    const said = new Set();
    for (const plaintext of ['x'.repeat(40), 'x'.repeat(15), JSON.stringify({ ...OK, watermark: { appid: 'wx' } })]) {
      const login = sealed(plaintext, { sessionKey });
      for (const mark of ['', '%2B'.repeat(16), ' '.repeat(64)]) {
        // So much more is whole blocks, so that the decryption begins.
        const encryptedData = `${mark}${login.encryptedData}`;
        const error = await rejection(authorize(here.app, { ...login, encryptedData }));
        said.add(`${mark.slice(0, 1)} ${error.message}`);
      }
    }
    const percentEncoded = `${MESSAGE}: encryptedData is percent-encoded, decode it before you pass it`;
    expect([...said].sort()).toEqual([` ${MESSAGE}`, `  ${MESSAGE}`, `% ${percentEncoded}`].sort());
  });
});

describe('odd data do no harm', () => {
  const text = JSON.stringify({ ...OK, nickName: 'NICK' });
  const bytesFor = (nick) => Buffer.from(text.replace('NICK', nick), 'latin1');

  test.each([
    ['an invalid byte', bytesFor('\xff\xfe')],
    ['a cut UTF-8 sequence', bytesFor('\xe5\xb0')],
    ['a surrogate as UTF-8', bytesFor('\xed\xa0\x80')],
    ['a lone high surrogate', text.replace('NICK', '\\ud83d')],
    ['a lone low surrogate', text.replace('NICK', '\\udc00 x')],
    ['surrogates in the wrong order', text.replace('NICK', '\\udc00\\ud83d')],
    ['a lone surrogate in a key', text.replace('nickName', '\\ud83d')],
    ['an emoji', text.replace('NICK', '🐼')],
    ['a NUL', text.replace('NICK', '\\u0000')],
    ['a number too large for a double', text.replace('"NICK"', '1e999')],
    ['a number of many digits', text.replace('"NICK"', '9'.repeat(400))],
    ['a number of many decimals', text.replace('"NICK"', `-0.${'1'.repeat(400)}e-999`)],
    ['deep unknown data', text.replace('"NICK"', '['.repeat(1000) + ']'.repeat(1000))],
    ['much unknown data', text.replace('NICK', '字'.repeat(100000))],
    ['a duplicate openId, the last of which is right', text.replace('{', '{"openId":"x",')],
    ['a duplicate openId, the first of another type', text.replace('{', '{"openId":[1],')],
    ['a duplicate openId, the first too large for a double', text.replace('{', '{"openId":1e999,')],
    ['a duplicate watermark, the last of which is right', text.replace('{', '{"watermark":null,')],
    ['a duplicate appid, the last of which is right', text.replace('{"timestamp"', '{"appid":"x","timestamp"')],
    ['a raw control character in a value', text.replace('NICK', '\x01\0\x1f')],
    ['a raw control character in a key', text.replace('"nickName"', '"nick\x01"')],
    ['a raw line end behind an escape', text.replace('NICK', '\\"\\\\\r\n\t')],
    ['a raw control character in the key that counts', text.replace('"openId"', '"a\n":1,"openId"')],
    ['a key __proto__', text.replace('{', '{"__proto__":{"openId":"x"},')],
    ['escaped keys', text.replace('"openId"', '"\\u006fpenId"').replace('"watermark"', '"water\\u006dark"')],
    ['blanks', ` \t\r\n${text.replaceAll(':', ' :\n')} \n`],
  ])('(%s)', async (_what, plaintext) => {
    expect((await authorize(here.app, sealed(plaintext))).response).toMatch(/^o1\|shop\|/);
  });

  test.each([
    ['a duplicate openId, the last of which is another', `${text.slice(0, -1)},"openId":"x"}`],
    ['an openId that is a number', JSON.stringify({ ...OK, openId: 1 })],
  ])('(%s, is 6009)', async (_what, plaintext) => {
    expect((await rejection(authorize(here.app, sealed(plaintext)))).code).toBe(6009);
  });
});

test('data of many blocks are decrypted', async () => {
  const many = JSON.stringify({ ...OK, unionId: 'u1', padding: 'x'.repeat(1 << 20) });
  expect((await authorize(here.app, sealed(many))).response).toMatch(/^u1\|/);
});

test('a session is decrypted under the watermark of the own appId', async () => {
  const app = here.open({ db: here.db, appId: 'wx-own' });
  expect((await authorize(app, here.wechat.user({ openId: 'o1', appId: 'wx-own' }))).response).toMatch(/^o1\|/);
  expect((await rejection(authorize(here.app, here.wechat.user({ openId: 'o1', appId: 'wx-own' })))).code).toBe(6011);
});
