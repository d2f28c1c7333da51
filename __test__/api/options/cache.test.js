'use strict';

const { createApp } = require('../../support');

const open = (cache) => createApp({ options: { cache } });

test.each([[true], [false], [null], [undefined], [{}], [{ maxTokens: 1 }], [{ maxAge: 1, maxTokens: null }]])(
  'options.cache may be %j',
  (cache) => {
    expect(() => open(cache)).not.toThrow();
  },
);

test.each([
  [1, /options\.cache must be/],
  ['yes', /options\.cache must be/],
  [[], /options\.cache must be/],
  [{ maxAge: 0 }, /options\.cache\.maxAge must be/],
  [{ maxAge: -1 }, /options\.cache\.maxAge must be/],
  [{ maxAge: 0.5 }, /options\.cache\.maxAge must be/],
  [{ maxAge: '1000' }, /options\.cache\.maxAge must be/],
  [{ maxAge: Infinity }, /options\.cache\.maxAge must be/],
  [{ maxTokens: 0 }, /options\.cache\.maxTokens must be/],
  [{ maxTokens: 1e8 }, /options\.cache\.maxTokens must be/],
  [{ maxTokens: 1.5 }, /options\.cache\.maxTokens must be/],
  [{ ttl: 1 }, /options\.cache\.ttl is not an option/],
])('options.cache must not be %j', (cache, message) => {
  expect(() => open(cache)).toThrow(TypeError);
  expect(() => open(cache)).toThrow(message);
});
