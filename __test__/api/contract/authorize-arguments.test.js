'use strict';

const { rejection, seen } = require('../../support');
const { contract } = require('./support');

const here = contract();

describe('an argument that is missing', () => {
  test.each([
    ['code', [null, null, null]],
    ['code', [undefined, 'data', 'iv']],
    ['encryptedData', ['code', null, null]],
    ['encryptedData', ['code', undefined, 'iv']],
    ['iv', ['code', 'data', null]],
    ['iv', ['code', 'data', undefined]],
    ['iv', ['code', 'data']],
    ['code', []],
  ])('%s of %p: 6001, and WeChat is not asked', async (name, args) => {
    const before = here.wechat.requests.length;
    const error = await rejection(here.app.authorize(...args));
    expect(error).toBeInstanceOf(Error);
    expect(seen(error)).toStrictEqual({ code: 6001, message: `Missing ${name} parameter` });
    expect(here.wechat.requests).toHaveLength(before);
  });
});

describe('an argument that cannot become text', () => {
  const texts = {
    'a symbol': Symbol('s'),
    'an object without toString': Object.create(null),
    'a throwing toString': {
      toString() {
        throw new Error('no');
      },
    },
  };
  for (const [kind, value] of Object.entries(texts)) {
    test.each([0, 1, 2])(`${kind} in place %i rejects with 6001`, async (place) => {
      const args = ['code', 'data', 'iv'];
      args[place] = value;
      const error = await rejection(here.app.authorize(...args));
      expect(error).toBeInstanceOf(Error);
      expect(seen(error)).toStrictEqual({ code: 6001, message: expect.any(String) });
    });
  }
});

test('a number is taken as its decimal text', async () => {
  const { encryptedData, iv } = here.wechat.user({ openId: 'o1' }, '123');
  const { response } = await here.app.authorize(123, encryptedData, iv);
  expect(here.wechat.requests.at(-1).query.js_code).toBe('123');
  expect(response).toMatch(/^o1\|/);
});
