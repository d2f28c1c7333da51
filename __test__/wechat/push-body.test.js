'use strict';

// Bodies and queries of a message push that nobody sends who means well: all are refused with our
// error, and quickly.

const { generator } = require('../support');
const { ODD, anyValue, mutate } = require('../support/odd-values');
const { EVENT, expectRefusal, pushes, receiver } = require('./pushed');

const xml = pushes('plain', 'xml');
const json = pushes('plain', 'json');
let app;
beforeEach(() => {
  app = receiver('plain');
});

const receive = (text, wechat = xml) => app.wechat.receive(wechat.message(text));
const read = async (text, wechat) => (await receive(text, wechat)).message;

describe('XML', () => {
  test.each([
    ['a DTD', '<!DOCTYPE xml><xml><A>1</A></xml>'],
    ['an empty DTD', '<!DOCTYPE xml []><xml><A>1</A></xml>'],
    ['an entity', '<!DOCTYPE xml [<!ENTITY a "b">]><xml><A>&a;</A></xml>'],
    ['a file', '<!DOCTYPE xml [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><A>&a;</A></xml>'],
    ['a parameter entity', '<!DOCTYPE xml [<!ENTITY % a SYSTEM "http://127.0.0.1/a.dtd"> %a;]><xml><A>1</A></xml>'],
    ['a DTD in lower case', '<!doctype xml><xml><A>1</A></xml>'],
    ['a DTD within', '<xml><!DOCTYPE xml><A>1</A></xml>'],
    ['entities in entities', `<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><xml><A>&b;</A></xml>`],
    ['an entity that nobody declared', '<xml><A>&nbsp;</A></xml>'],
    ['no letter', '<xml><A>&#0;</A></xml>'],
    ['half a letter', '<xml><A>&#xD800;</A></xml>'],
    ['a bare ampersand', '<xml><A>a & b</A></xml>'],
    ['an end that is missing', '<xml><A>1</A>'],
    ['an end too many', '<xml><A>1</A></xml></xml>'],
    ['ends that cross', '<xml><A><B>1</A></B></xml>'],
    ['two roots', '<xml><A>1</A></xml><xml><A>2</A></xml>'],
    ['a text behind the root', '<xml><A>1</A></xml>x'],
    ['a text in front of it', '<?xml version="1.0"?>x<xml><A>1</A></xml>'],
    ['CDATA that does not end', '<xml><A><![CDATA[1</A></xml>'],
    ['a comment that does not end', '<xml><!-- <A>1</A></xml>'],
    ['a tag that does not end', '<xml><A>1</A></xml'],
    ['no element', '<?xml version="1.0"?>'],
    ['nothing in the root', '<xml></xml>'],
  ])('with %s is refused', async (_name, text) => {
    await expectRefusal(receive(text), 6001, /XML/);
  });

  test('what only looks like a DTD is a text', async () => {
    const Content = '<!DOCTYPE xml [<!ENTITY a "b">]> &a; <!ENTITY>';
    expect(await read({ Content })).toStrictEqual({ Content });
  });

  test('what XML itself has is read', async () => {
    const text =
      '<?xml version="1.0" encoding="utf-8"?>\n<!-- c --><xml a="1"><A>&lt;&amp;&#65;&#x4f60;</A><B/><B> b </B></xml>\n';
    expect(await read(text)).toStrictEqual({ A: '<&A你', B: ['', ' b '] });
    expect(await read('<xml><A>1<!-- c -->2<![CDATA[<3>]]></A></xml>')).toStrictEqual({ A: '12<3>' });
    expect(await read('<xml><L><I>1</I><I>2</I><I><X>3</X></I></L></xml>')).toStrictEqual({
      L: { I: ['1', '2', { X: '3' }] },
    });
  });
});

test.each([
  ['xml', (depth) => `<xml>${'<a>'.repeat(depth)}1${'</a>'.repeat(depth)}</xml>`],
  ['xml without ends', (depth) => '<xml>'.repeat(depth + 1)],
  ['json', (depth) => `{"a":${'{"a":'.repeat(depth - 1)}1${'}'.repeat(depth)}`],
  ['lists', (depth) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`],
])('%s is nested 30 deep at least, and not thousands', async (name, make) => {
  const wechat = name.startsWith('xml') ? xml : json;
  if (!name.includes('without')) expect(Object.keys(await read(make(30), wechat))).toEqual(['a']);
  for (const depth of [40, 1000, 7000]) await expectRefusal(receive(make(depth), wechat), 6001, /deeply/);
});

test('a name that would change an object is left out, in both formats', async () => {
  const text = '{"__proto__":{"admin":true},"a":{"__proto__":1,"constructor":"x"},"b":[{"__proto__":2}]}';
  for (const message of [
    await read(text, json),
    await read(
      '<xml><__proto__><admin>1</admin></__proto__><a><__proto__>1</__proto__><constructor>x</constructor></a></xml>',
    ),
  ]) {
    expect(Object.getPrototypeOf(message)).toBe(Object.prototype);
    expect(Object.keys(message)).not.toContain('__proto__');
    expect(message.admin).toBeUndefined();
    expect(message.a).toStrictEqual({ constructor: 'x' });
  }
});

test('JSON stays as it is', async () => {
  const text = '{"n":1e3,"a":[null,true,"\\ud83d"],"a":[1],"big":123456789012345678901,"s":"line\nbreak"}';
  expect(await read(text, json)).toStrictEqual({
    n: 1000,
    a: [1],
    big: Number('123456789012345678901'),
    s: 'line\nbreak',
  });
});

test('bytes that are no UTF-8 are replaced', async () => {
  expect(await read(Buffer.from('{"a":"\xff"}', 'latin1'), json)).toStrictEqual({ a: '\ufffd' });
});

describe('values of all kinds', () => {
  const good = () => json.message(EVENT);

  test('as the request, the query, one of its texts, and the body', async () => {
    for (const make of ODD) {
      const isText = typeof make() === 'string';
      await expectRefusal(app.wechat.receive(make()), 6001);
      await expectRefusal(app.wechat.receive({ ...good(), query: make() }), 6001);
      for (const name of ['signature', 'timestamp', 'nonce']) {
        const { query, body } = good();
        await expectRefusal(app.wechat.receive({ query: { ...query, [name]: make() }, body }), 6001);
      }
      await expectRefusal(app.wechat.receive({ ...good(), body: make() }), 6001, isText ? /./ : /body/i);
    }
    await expectRefusal(app.wechat.receive(), 6001);
  });

  test('texts twice, as frameworks parse them, are refused', async () => {
    const { query, body } = good();
    for (const name of ['signature', 'timestamp', 'nonce', 'echostr']) {
      await expectRefusal(
        app.wechat.receive({ query: { ...query, [name]: [query[name], 'x'] }, body }),
        6001,
        /one text/,
      );
      const twice = new URLSearchParams([...Object.entries({ echostr: 'y', ...query }), [name, 'x']]);
      await expectRefusal(app.wechat.receive({ query: twice, body }), 6001, /one text/);
    }
  });

  test('at random, all that is thrown is ours', async () => {
    const random = generator();
    const safe = receiver('safe');
    const texts = ['json', 'xml'].flatMap((format) =>
      ['plain', 'safe'].map((mode) => pushes(mode, format).message(EVENT).body.toString()),
    );
    for (let i = 0; i < 400; i += 1) {
      const text = mutate(random, random.pick(texts));
      const calls = [receive(text, random.pick([xml, json]))];
      const { query } = pushes('safe', 'json').message(EVENT);
      calls.push(safe.wechat.receive({ query, body: text }));
      calls.push(safe.wechat.receive(anyValue(random, texts)));
      calls.push(
        app.wechat.receive({ query: { ...query, nonce: anyValue(random, ['1']) }, body: anyValue(random, texts) }),
      );
      for (const outcome of await Promise.allSettled(calls)) {
        if (outcome.status === 'rejected') {
          expect([random.seed, outcome.reason.name, [6001, 6011].includes(outcome.reason.code)]).toEqual([
            random.seed,
            'MpauthxError',
            true,
          ]);
        }
      }
    }
  });
});
