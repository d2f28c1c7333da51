'use strict';

// A file of tests as an application has one; it is run by a jest of its own.

const mpauthx = require('../..');

test('logs in', async () => {
  const { endpoint, code, encryptedData, iv } = JSON.parse(process.env.LOGIN);
  const db = { all: (_sql, callback) => callback(null, []), run: (_sql, callback) => callback(null) };
  const wx = mpauthx('wx4f4bc4dec97d474b', 'secret', 'shop', db, null, null, {
    tokens: process.env.TOKENS,
    wechat: { endpoint },
  });
  const { response } = await wx.authorize(code, encryptedData, iv);
  await wx.isTokenValid(response);
});
