// What lib/testing.d.ts promises to a program that has Node's types, or `await using`.

import { createTestAuth, type TestAuth } from 'mpauthx/testing';

declare const t: TestAuth;
const disposable: AsyncDisposable = t;

async function used(): Promise<string> {
  await using kit = await createTestAuth({ sku: 'shop' });
  return kit.code('alice');
}

const asked = async () => {
  const { method, query, headers, body } = t.wechat.push({ MsgType: 'text' });
  await fetch(`http://localhost/wechat?${new URLSearchParams(query)}`, { method, headers, body: Buffer.from(body) });
};

export { asked, disposable, used };
