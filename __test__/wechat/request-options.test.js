'use strict';

// Options and bodies of requests that cannot be used, or try to crash: 6001, and nothing is sent.

const fs = require('node:fs');
const path = require('node:path');
const { Readable } = require('node:stream');
const NpmFormData = require('form-data');
const { tempDir } = require('../support');
const { ODD } = require('../support/odd-values');
const { ANY, explode, isObject, refusedRequests, revoked } = require('./refused-request');

const here = refusedRequests();

describe('an option', () => {
  test.each([
    [{ method: 'PUT' }, /GET' or 'POST/],
    [{ method: 'get' }, /method/],
    [{ method: 'GET /evil HTTP/1.1\r\n' }, /method/],
    [{ method: 'GET', body: 'x' }, /body must be left out/],
    [{ as: 'text' }, /'json' or 'bytes'/],
    [{ timeout: 0 }, /milliseconds/],
    [{ timeout: 2 ** 31 }, /milliseconds/],
    [{ timeout: '100' }, /milliseconds/],
    [{ retry: 'yes' }, /boolean/],
    [{ headers: {} }, /headers is not an option/],
    [{ endpoint: 'https://evil.example' }, /endpoint is not an option/],
    [{ accessToken: 'evil' }, /is not an option/],
  ])('%j', async (options, said) => {
    await here.refused([ANY, options], said);
  });

  test('of an odd type', async () => {
    for (const name of ['method', 'as', 'timeout', 'retry']) {
      for (const make of ODD) {
        const odd = make();
        if (odd === undefined || odd === null || typeof odd === 'boolean') continue;
        await here.refused([ANY, { [name]: odd }], new RegExp(name));
      }
    }
    for (const make of ODD) if (!isObject(make())) await here.refused([ANY, make()], /options/);
  });

  test('that throws, or whose list of names does', async () => {
    await here.refused(
      [
        ANY,
        {
          get query() {
            return explode();
          },
        },
      ],
      /cannot be read/,
    );
    await here.refused([ANY, new Proxy({}, { ownKeys: explode })], /cannot be read/);
    await here.refused([ANY, revoked()], /cannot be read/);
  });
});

describe('a body', () => {
  const withStream = () => {
    const form = new NpmFormData();
    form.append('media', Readable.from(['x']));
    return form;
  };
  test.each([
    ['a number', () => 1],
    ['a boolean', () => true],
    ['a BigInt', () => 1n],
    ['a Symbol', () => Symbol('x')],
    ['a function', () => () => 'x'],
    ['a Map', () => new Map()],
    ['a Blob', () => new Blob(['x'])],
    ['a URL’s parameters', () => new URLSearchParams('a=b')],
    ['a stream', () => Readable.from(['x'])],
    ['a form with a stream', withStream],
    ['what only calls itself a form', () => ({ [Symbol.toStringTag]: 'FormData' })],
    ['a form of another type', () => form({ 'content-type': 'application/json' })],
    [
      'a form whose type is two headers',
      () => form({ 'content-type': 'multipart/form-data; boundary=x\r\nHost: evil' }),
    ],
    ['a form without a type', () => form({})],
    ['a form that throws', () => ({ getHeaders: explode, getBuffer: explode })],
    ['what is no JSON', () => ({ toJSON: () => undefined })],
    ['a BigInt within', () => ({ a: 1n })],
    ['itself within', () => Object.assign([], { 0: [] }).concat([circular()])],
    [
      'a getter that throws',
      () => ({
        get a() {
          return explode();
        },
      }),
    ],
    ['a toJSON that throws', () => ({ toJSON: explode })],
    ['a type that throws', () => Object.defineProperty({}, Symbol.toStringTag, { get: explode })],
    ['a Proxy that throws', () => new Proxy({}, { get: explode })],
    ['a revoked Proxy', () => revoked()],
    ['a view that lies', () => Object.defineProperty(new Uint8Array(8), 'byteLength', { value: 1 << 30 })],
    ['a view that throws', () => Object.defineProperty(new Uint8Array(8), 'buffer', { get: explode })],
  ])('%s', async (_what, make) => {
    await here.refused([ANY, { body: make() }], /body/);
  });

  if (fs.openAsBlob) {
    test('with a file that is gone', async () => {
      const file = path.join(tempDir(), 'image');
      fs.writeFileSync(file, 'image');
      const body = new FormData();
      body.append('media', await fs.openAsBlob(file));
      fs.rmSync(file);
      await here.refused([ANY, { body }], /body/);
    });
  }

  test('of an odd type is sent or refused', async () => {
    for (const make of ODD) {
      const before = here.wechat.requests.length;
      here.wechat.interrupt(ANY, { errcode: 0 });
      const outcome = await here.app.wechat.request(ANY, { body: make() }).catch((error) => error);
      if (outcome instanceof Error) {
        expect(outcome).toMatchObject({ name: 'MpauthxError', code: 6001 });
        expect(here.wechat.requests).toHaveLength(before);
      }
    }
  });
});

function circular() {
  const value = {};
  value.value = value;
  return value;
}

const form = (headers) => ({ getHeaders: () => headers, getBuffer: () => Buffer.from('x') });
