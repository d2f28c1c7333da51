'use strict';

const { exchange, expectFailure } = require('./exchange');

const here = exchange();

test('without options.wechat.timeout the wait for WeChat ends after about 10 seconds', async () => {
  const began = Date.now();
  await expectFailure(here.answered(() => () => {}));
  expect(Date.now() - began).toBeGreaterThan(9500);
}, 60000);
