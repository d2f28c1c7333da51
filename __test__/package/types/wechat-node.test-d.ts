// What index.d.ts promises of requests to WeChat beside the types of Node: each line compiles.

import type { IncomingMessage } from 'node:http';
import FormData from 'form-data';
import type { Auth, Bytes } from 'mpauthx';

declare const auth: Auth;
declare const incoming: IncomingMessage;
declare const request: Request;

export async function use(): Promise<Buffer> {
  const image = await auth.wechat.request('/wxa/getwxacodeunlimit', { body: { scene: 'a' }, as: 'bytes' });
  const either = await auth.wechat.request('/wxa/x', { as: image.length > 0 ? 'json' : 'bytes' });
  const bytes: Bytes = Buffer.isBuffer(either) ? either : image;
  const body = new FormData();
  body.append('media', bytes);
  await auth.wechat.request('/wxa/img_sec_check', { body });
  const own = new globalThis.FormData();
  own.append('media', new Blob([bytes]));
  await auth.wechat.request('/wxa/img_sec_check', { body: own });
  auth.wechat.identify(incoming.headers);
  auth.wechat.identify(request.headers);
  return Buffer.concat([image]);
}
