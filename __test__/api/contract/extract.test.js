'use strict';

const { createApp } = require('../../support');

const HEX = '0a'.repeat(32);

const app = () => createApp();

test.each([
  [`o1|shop|${HEX}`, 'o1'],
  [`o1|a|b|${HEX}`, 'o1'],
  ['o1|', 'o1'],
  ['|shop|x', ''],
  ['o1', ''],
  ['', ''],
  ['用户|shop|x', '用户'],
  [' o 1 |', ' o 1 '],
])('extractOpenId(%j) is %j', (token, openId) => {
  expect(app().extractOpenId(token)).toBe(openId);
});

test.each([
  [`o1|shop|${HEX}`, 'shop'],
  ['o1|shop|x', 'shop'],
  ['||', ''],
  ['o1||x', ''],
  ['|微信|', '微信'],
  [`o1|a|b|${HEX}`, null],
  ['o1|shop', null],
  ['o1', null],
  ['', null],
  ['|||', null],
])('extractSku(%j) is %j', (token, sku) => {
  expect(app().extractSku(token)).toBe(sku);
});

describe.each(['extractOpenId', 'extractSku'])('%s', (name) => {
  test.each([
    undefined,
    null,
    123,
    true,
    {},
    ['o1|shop|x'],
    Symbol('s'),
    Buffer.from('o1|shop|x'),
    new String('o1|s|x'),
  ])('of %p throws a TypeError', (token) => {
    const service = app();
    expect(() => service[name](token)).toThrow(TypeError);
  });
});
