'use strict';

const { onEveryStore } = require('./every-store');

// The example that WeChat publishes for the signature of open data, with the session key of the
// page. https://developers.weixin.qq.com/miniprogram/dev/framework/open-ability/signature.html
const SIGNED = {
  sessionKey: 'HyVFkGl5F5OQWJZZaNzBBg==',
  rawData:
    '{"nickName":"Band","gender":1,"language":"zh_CN","city":"Guangzhou","province":"Guangdong","country":"CN","avatarUrl":"http://wx.qlogo.cn/mmopen/vi_32/1vZvI39NWFQ9XM4LtQpFrQJ1xlgZxx3w7bQxKARol6503Iuswjjn6nIGBiaycAjAtpujxyzYsrztuuICqIM5ibXQ/0"}',
  signature: '75e81ceda165f4ffa64f4068af58c64b8f54b88c',
};

onEveryStore('checkSignature', (here) => {
  test('knows WeChat’s example', async () => {
    const token = await here.login({ openId: 'o1', sessionKey: SIGNED.sessionKey });
    expect(await here.check(token, SIGNED)).toBe(true);
    const others = [
      { rawData: `${SIGNED.rawData} ` },
      { rawData: '' },
      { rawData: '\ud83d' },
      { signature: SIGNED.signature.replace('7', '8') },
      { signature: SIGNED.signature.slice(1) },
      { signature: `${SIGNED.signature}0` },
      { signature: '' },
      { signature: SIGNED.sessionKey },
    ];
    for (const change of others) expect(await here.check(token, { ...SIGNED, ...change })).toBe(false);
  });

  test.each(['', '{}', '字🐼', ' ', 'x'.repeat(1 << 20)])('knows what WeChat signs', async (rawData) => {
    const token = await here.login();
    expect(await here.check(token, here.wechat.signed('o1', rawData))).toBe(true);
    expect(await here.check(token, { ...here.wechat.signed('o1', rawData), rawData: `${rawData}x` })).toBe(false);
  });

  test('is false with a stale key, until the user logs in here', async () => {
    const token = await here.login();
    await here.loginElsewhere();
    expect(await here.check(token, here.wechat.signed('o1'))).toBe(false);
    await here.login();
    expect(await here.check(token, here.wechat.signed('o1'))).toBe(true);
  });
});
