'use strict';

// The checks of what users write and upload: of texts in both versions, of images in the first.
// https://developers.weixin.qq.com/miniprogram/dev/server/API/sec-center/sec-check/api_msgseccheck
// https://developers.weixin.qq.com/miniprogram/dev/framework/security.imgSecCheck.html

const crypto = require('node:crypto');
const { readJson, readPart } = require('./bodies');
const { refuse } = require('./replies');

/** What WeChat's page gives to try version 1 with. */
const SAMPLES = ['特3456书yuuo莞6543李zxcz蒜7782法fgnv级', '完2347全dfji试3726测asad感3847知qwez到'];

/** Images have at most 1 MiB. */
const MAX_IMAGE = 1048576;

/** The labels of version 2 for what is well, and for all that has no label of its own. */
const [NORMAL, OTHER] = [100, 21000];

class ContentChecks {
  constructor() {
    this.risky = new Set();
    for (const sample of SAMPLES) this.forbid(sample);
  }

  /** A text, or the bytes of an image, that is refused from now on. */
  forbid(content) {
    this.risky.add(digest(content));
  }

  text(request) {
    const { json, refusal } = readJson(request);
    if (refusal) return refusal;
    const risky = this.risky.has(digest(String(json.content)));
    return json.version === 2 ? verdict(risky) : firstVersion(risky);
  }

  image(request) {
    const media = readPart(request, 'media');
    if (!media || media.length === 0) return refuse(41005, 'media data missing', ' ');
    if (media.length > MAX_IMAGE) return refuse(40006, 'invalid media size', ' ');
    return firstVersion(this.risky.has(digest(media)));
  }
}

function firstVersion(risky) {
  return risky ? refuse(87014, 'risky content', ' ') : { errcode: 0, errmsg: 'ok' };
}

/** In version 2 the call succeeds whatever the text is, and says what to do with it. */
function verdict(risky) {
  const [suggest, label] = risky ? ['risky', OTHER] : ['pass', NORMAL];
  const detail = [{ strategy: 'content_model', errcode: 0, suggest, label, prob: 90 }];
  return { errcode: 0, errmsg: 'ok', result: { suggest, label }, detail, trace_id: crypto.randomUUID() };
}

function digest(content) {
  return crypto.createHash('sha256').update(content).digest('hex');
}

module.exports = { ContentChecks };
