// WeChat, in a process of its own: its work is not to be on the thread that is measured.

import { createRequire } from 'node:module';
import { settings, tell } from '../child.mjs';

const { startFakeWeChat, sample } = createRequire(import.meta.url)('../../lib/testing/fake-wechat.js');

const wechat = await startFakeWeChat();
for (let user = 0; user < (settings.users ?? 0); user += 1) {
  wechat.user({ openId: `o-login-${String(user).padStart(20, '0')}` }, `code-${user}`);
}
await tell({
  endpoint: wechat.endpoint,
  ...wechat.sample(),
  appId: sample.appId,
  userId: sample.unionId,
});
