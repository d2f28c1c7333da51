'use strict';

const { startSentinel } = require('../cluster/sentinels');
const { tokenStore } = require('./token-store');

describe.each(['compatible', 'tagged'])('the token store in a redis that Sentinels name (layout %s)', (layout) => {
  let here;
  beforeAll(async () => {
    here = await startSentinel();
  });
  beforeEach(() => here.master.redis.flushall());

  tokenStore(() => ({ ...here.tokens, layout }), { shared: true });
});
