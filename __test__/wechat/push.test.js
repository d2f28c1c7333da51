'use strict';

// What `wechat.receive` takes for WeChat's, and what it makes of it.

const { createApp } = require('../support');
const { EVENT, KEY, TOKEN, asRead, expectRefusal, pushes, receiver } = require('./pushed');

const WAYS = [
  ['safe', 'json'],
  ['safe', 'xml'],
  ['plain', 'json'],
  ['plain', 'xml'],
];
const now = () => Math.floor(Date.now() / 1000);

describe.each(WAYS)('the %s mode, %s', (mode, format) => {
  let app;
  let wechat;
  beforeEach(() => {
    app = receiver(mode);
    wechat = pushes(mode, format);
  });
  const receive = ({ query, body }, change = {}) => app.wechat.receive({ query: { ...query, ...change }, body });

  test('an event is read', async () => {
    const received = await receive(wechat.message(EVENT));
    expect(received).toStrictEqual({ message: asRead(EVENT, format), reply: 'success' });
  });

  test('what is nested and what is repeated is read, in any script', async () => {
    const fields = { ...EVENT, Content: '你好 🐼 <b>&amp;</b> "\\', Info: { List: ['1', '2'], One: { Two: 'x' } } };
    expect((await receive(wechat.message(fields))).message).toStrictEqual(asRead(fields, format));
  });

  test.each([
    ['a Buffer', (bytes) => bytes],
    ['a Uint8Array', (bytes) => new Uint8Array(bytes)],
    ['a part of a larger one', (bytes) => Buffer.concat([Buffer.from('{'), bytes, Buffer.from('}')]).subarray(1, -1)],
    ['a string', (bytes) => bytes.toString()],
    ['a string with a byte order mark', (bytes) => `\ufeff${bytes}`],
  ])('the body may be %s', async (_name, make) => {
    const { query, body } = wechat.message(EVENT);
    expect((await app.wechat.receive({ query, body: make(body) })).message.Event).toBe(EVENT.Event);
  });

  test('the query may be of the Fetch API, or without a prototype', async () => {
    const first = wechat.message(EVENT);
    expect(await app.wechat.receive({ ...first, query: new URLSearchParams(first.query) })).toBeTruthy();
    const second = wechat.message(EVENT);
    expect(
      await app.wechat.receive({ ...second, query: Object.assign(Object.create(null), second.query) }),
    ).toBeTruthy();
  });

  test('the first request is answered with its echostr, and no other', async () => {
    const { query } = wechat.echo();
    expect(await app.wechat.receive({ query })).toStrictEqual({ message: null, reply: query.echostr });
    for (const body of ['', null, Buffer.alloc(0)]) {
      const { query } = wechat.echo();
      expect(await app.wechat.receive({ query, body })).toStrictEqual({ message: null, reply: query.echostr });
    }
    await expectRefusal(
      receive({ ...wechat.echo(), query: { ...wechat.echo().query, signature: '0'.repeat(40) } }),
      6001,
    );
    await expectRefusal(app.wechat.receive({ query: wechat.signed() }), 6001);
  });

  test.each(['<script>alert(1)</script>', 'a b', '"', '你', '\0', 'x'.repeat(257)])(
    'the signature does not cover the echostr: %j is not answered',
    async (echostr) => {
      await expectRefusal(app.wechat.receive(wechat.echo({ echostr })), 6001, /echostr/);
    },
  );

  test('an echostr beside a body is none: the body counts', async () => {
    const { message } = await receive(wechat.message(EVENT), { echostr: '1' });
    expect(message.Event).toBe(EVENT.Event);
  });

  test.each(['signature', 'timestamp', 'nonce'])('without %s nothing is read', async (name) => {
    const { query, body } = wechat.message(EVENT);
    const left = mode === 'safe' && name === 'signature' ? 'msg_signature' : name;
    for (const value of [undefined, null, '']) {
      await expectRefusal(app.wechat.receive({ query: { ...query, [left]: value }, body }), 6001);
    }
  });

  test('what is forged is refused, whatever was changed', async () => {
    const { query, body } = wechat.message(EVENT);
    const name = mode === 'safe' ? 'msg_signature' : 'signature';
    const signature = query[name];
    const forged = [signature.toUpperCase(), signature.slice(1), `${signature}0`, '0'.repeat(40), TOKEN, 'x'];
    for (const other of forged) await expectRefusal(receive({ query, body }, { [name]: other }), 6001, /signature/);
    await expectRefusal(receive({ query, body }, { nonce: '1' }), 6001, /signature/);
    await expectRefusal(receive({ query, body }, { timestamp: String(query.timestamp - 1) }), 6001, /signature/);
    const stranger = pushes(mode, format, { token: 'AnotherToken' });
    await expectRefusal(receive(stranger.message(EVENT)), 6001, /signature/);
    expect((await receive({ query, body })).message.Event).toBe(EVENT.Event); // nothing was noted
  });

  test('a timestamp is right for five minutes, each way', async () => {
    for (const late of [-290, 290]) await receive(wechat.message(EVENT, { timestamp: now() + late }));
    for (const late of [-310, 310, -1e9, 1e9]) {
      await expectRefusal(receive(wechat.message(EVENT, { timestamp: now() + late })), 6001, /timestamp/);
      await expectRefusal(receive(wechat.echo({ timestamp: now() + late })), 6001, /timestamp/);
    }
    for (const timestamp of [
      '',
      '1e9',
      `+${now()}`,
      ` ${now()}`,
      `${now()}.0`,
      '字',
      `0x${now()}`,
      `${now()}`.repeat(30),
    ]) {
      await expectRefusal(receive(wechat.message(EVENT, { timestamp })), 6001);
    }
  });

  test('a replay is refused, that of an echostr too, and WeChat sends again with another nonce', async () => {
    const push = wechat.message(EVENT, { nonce: '123' });
    await receive(push);
    await expectRefusal(receive(push), 6001, /before/);
    await expectRefusal(receive(push, { echostr: '1' }), 6001, /before/);
    await receive(wechat.message(EVENT, { nonce: '124' }));
    const echo = wechat.echo();
    await receive(echo);
    await expectRefusal(receive(echo), 6001, /before/);
  });

  test('of many at once, one is received', async () => {
    const push = wechat.message(EVENT);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => receive(push)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('64 KiB are taken, and a byte more is not', async () => {
    const of = (length) => {
      const size = (Content) => wechat.message({ ...EVENT, Content }).body.length;
      // Encryption grows in blocks: what is missing then is white space, which means nothing.
      let count = 0;
      for (let step = 1 << 16; step > 0; step >>= 1) if (size('x'.repeat(count + step)) <= length) count += step;
      const push = wechat.message({ ...EVENT, Content: 'x'.repeat(count) });
      return { ...push, body: Buffer.concat([push.body, Buffer.alloc(length - push.body.length, ' ')]) };
    };
    expect((await receive(of(65536))).message.Event).toBe(EVENT.Event);
    await expectRefusal(receive(of(65537)), 6001, /64 KiB/);
    await expectRefusal(receive({ ...wechat.message(EVENT), body: '字'.repeat(21846) }), 6001, /64 KiB/);
  });
});

describe('without the option', () => {
  test('nothing is received, and the error says what is missing', async () => {
    const error = await expectRefusal(createApp().wechat.receive(pushes('safe', 'json').message(EVENT)), 6001);
    expect(error.status).toBe(500);
    expect(error.cause.message).toMatch(/options\.wechat\.push/);
  });
});

describe('encrypted', () => {
  const receive = (push) => receiver('safe').wechat.receive(push);

  /** What is sealed as given, in an envelope that is signed rightly. */
  function sealed(Encrypt, given = pushes('safe', 'json')) {
    const query = given.signed();
    query.msg_signature = given.sign(query.timestamp, query.nonce, Encrypt);
    return { query, body: JSON.stringify({ Encrypt }) };
  }

  test('only the encrypted message counts, whatever stands beside it', async () => {
    for (const format of ['json', 'xml']) {
      const wechat = pushes('safe', format, { mode: 'both' });
      const { query, body } = wechat.message(EVENT);
      const text = body.toString().replace(new RegExp(EVENT.Event, 'g'), 'forged_event');
      expect(text).toContain('forged_event');
      expect((await receive({ query, body: text })).message).toStrictEqual(asRead(EVENT, format));
    }
  });

  test('a plain body is refused, also where its own signature is right', async () => {
    for (const format of ['json', 'xml']) {
      const { query, body } = pushes('plain', format).message(EVENT);
      await expectRefusal(receive({ query, body }), 6001, /Encrypt/);
      await expectRefusal(receive({ query: { ...query, msg_signature: query.signature }, body }), 6001, /Encrypt/);
    }
  });

  test.each(['wx0000000000000000', '', 'wx0000000000000000wx0000000000000000'])(
    'what was made for %j does not decrypt',
    async (appId) => {
      await expectRefusal(receive(pushes('safe', 'json').message(EVENT, { appId })), 6011, /encodingAESKey/);
    },
  );

  test('another key, and what is no message, are one error', async () => {
    const wechat = pushes('safe', 'json');
    const other = pushes('safe', 'json', { encodingAESKey: KEY.replace('a', 'b') });
    const text = JSON.stringify(EVENT);
    const texts = [
      ...['', '=', 'x', '字', 'AAAA', 'A'.repeat(64), 'A'.repeat(1000)].filter(Boolean),
      other.seal(text),
      ...[0, 1, text.length - 1, text.length + 1, 2 ** 31, 2 ** 32 - 1].map((length) =>
        wechat.seal(text, undefined, { length }),
      ),
      wechat.seal(text).slice(0, -4),
    ];
    const errors = [];
    for (const each of texts) errors.push((await expectRefusal(receive(sealed(each)), 6011)).message);
    expect(new Set(errors).size).toBe(1);
  });

  test('what decrypts and is no message is refused', async () => {
    for (const plain of ['', 'x', '[]', '"x"', 'null', '{', '<xml>', '<xml/>', '<xml>x</xml>']) {
      await expectRefusal(receive(sealed(pushes('safe', 'json').seal(plain))), 6001, /body/);
    }
  });
});

test('in the plain mode, an encrypted push is refused with what to do', async () => {
  for (const given of [{}, { mode: 'both' }]) {
    const push = pushes('safe', 'json', given).message(EVENT);
    await expectRefusal(receiver('plain').wechat.receive(push), 6001, /encodingAESKey in place of plain/);
  }
});

test('WeChat’s own example is old: its signature is right, and its timestamp is not', async () => {
  const push = { token: 'AAAAA', plain: true };
  const app = createApp({ options: { wechat: { push } } });
  const query = {
    signature: '899cf89e464efb63f54ddac96b0a0a235f53aa78',
    timestamp: '1714037059',
    nonce: '486452656',
  };
  await expectRefusal(app.wechat.receive({ query, body: '{}' }), 6001, /timestamp/);
  await expectRefusal(app.wechat.receive({ query: { ...query, nonce: '486452657' }, body: '{}' }), 6001, /signature/);
});
