'use strict';

// Keeps secrets out of what is printed: those of the configuration, and what looks like one. Values
// are masked, not the doctor's own words.

const fs = require('fs');

const MASK = '***';

/** What is shorter could be any word. */
const MIN_LENGTH = 3;
const MIN_ENV_LENGTH = 6;

const SECRET_NAME = /SECRET|PASS|TOKEN|KEY|PWD|CREDENTIAL|AUTH(?!OR)/i;

/** What holds a secret, whoever wrote it. */
const PATTERNS = [
  [/(\w:\/\/)[^\s'"`]*@/g, `$1${MASK}@`], // the user and password of a URL
  [/([?&](?:pass|password|secret|token|access_token)=)[^&\s'"`]+/gi, `$1${MASK}`],
  [/\b[0-9a-f]{32,}\b/gi, MASK], // an app secret, the end of a token
  [/\b[A-Za-z0-9]{43}\b/g, MASK], // an EncodingAESKey
  [/-----BEGIN [^-]*PRIVATE KEY-----[\s\S]*?(-----END [^-]*-----|$)/g, MASK],
];

class Mask {
  constructor(env) {
    this.secrets = [];
    const named = Object.entries(env).filter(([name, value]) => isSecret(name, value));
    this.add(named.map(([, value]) => value));
  }

  add(secrets) {
    const known = secrets.filter((text) => typeof text === 'string' && text.length >= MIN_LENGTH);
    const forms = known.flatMap((secret) => [secret, encoded(secret), decoded(secret)]);
    // The longest first: one may be a part of another.
    this.secrets = [...new Set([...this.secrets, ...forms])].sort((a, b) => b.length - a.length);
  }

  /** What stands in a text of the doctor's, by its names. */
  applyTo(values) {
    const known = Object.entries(values).filter(([, value]) => value !== undefined);
    return Object.fromEntries(known.map(([name, value]) => [name, this.applyToOne(value)]));
  }

  applyToOne(value) {
    if (Array.isArray(value)) return value.map((each) => this.applyToOne(each));
    return typeof value === 'number' ? value : this.apply(String(value)).replace(/\s*\n\s*/g, ' ');
  }

  apply(text) {
    let masked = text;
    for (const secret of this.secrets) masked = masked.split(secret).join(MASK);
    return PATTERNS.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), masked);
  }
}

function isSecret(name, value) {
  if (!SECRET_NAME.test(name) || value.length < MIN_ENV_LENGTH) return false;
  // A path or a URL is no secret itself, and what is secret in a URL the patterns find.
  return !/^\w+:\/\//.test(value) && !fs.existsSync(value);
}

/** Those of the addon's configuration. */
function secretsOf({ secret, password, tokens, wechat }) {
  const { token, encodingAESKey } = wechat.push || {};
  const urls = [tokens.url, wechat.proxy, ...(tokens.cluster || []), ...(tokens.sentinels || [])];
  return [secret, password, token, encodingAESKey, ...urls.map(passwordOf)];
}

/** Those that stand in the source of a module which could not be loaded. */
function secretsIn(source) {
  const literals = /(?:secret|pass\w*|token|key|pwd)['"]?\s*[:=]\s*(['"`])(.+?)\1/gi;
  return [...source.matchAll(literals)].map(([, , text]) => text);
}

/** The password in a URL, also in one that is none. */
function passwordOf(url) {
  const [, user, query] = /^\w+:\/\/[^:/?#]*:([^\s]*)@|[?&]pass=([^&\s]*)/.exec(url || '') || [];
  return user || query;
}

function encoded(text) {
  try {
    return encodeURIComponent(text);
  } catch (_) {
    return text; // half a character
  }
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch (_) {
    return text;
  }
}

module.exports = { Mask, secretsIn, secretsOf };
