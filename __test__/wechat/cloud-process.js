'use strict';

// A process in WeChat's cloud hosting that logs a user in, asks for an access token, a phone number
// and a QR code, and prints as JSON what came of it. Argument: JSON { endpoint, proxy, code,
// phone }.

const { createAuth } = require('../..');
const { sample } = require('../support');

async function run({ endpoint, proxy, code, phone }) {
  const auth = createAuth({
    appId: sample.appId,
    secret: 'app-secret',
    sku: 'shop',
    tokens: 'memory',
    wechat: { endpoint, cloud: true, ...(proxy && { proxy }) },
  });
  const { userId } = await auth.login(code);
  const accessToken = await auth.wechat.accessToken();
  const { phoneNumber } = await auth.wechat.getPhoneNumber(phone);
  const image = await auth.wechat.request('/wxa/getwxacodeunlimit', { body: { scene: 'a' }, as: 'bytes' });
  await auth.close();
  return { userId, accessToken: accessToken.length, phoneNumber, image: image.length };
}

run(JSON.parse(process.argv.at(-1))).then(
  (value) => console.log(JSON.stringify(value)),
  (error) => console.log(JSON.stringify({ code: error.code, message: error.message, cause: error.cause?.message })),
);
