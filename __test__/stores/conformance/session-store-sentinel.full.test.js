'use strict';

const { startSentinel } = require('../cluster/sentinels');
const { sessionStore } = require('./session-store');

describe.each(['compatible', 'tagged'])('sessions in a redis that Sentinels name (layout %s)', (layout) => {
  let here;
  beforeAll(async () => {
    here = await startSentinel();
  }, 60000);

  sessionStore(() => ({ ...here.tokens, layout }), { shared: true });
});
