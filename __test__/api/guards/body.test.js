'use strict';

// How a body is read that a parser has left as text, or whose stream is no request.

const { PassThrough } = require('node:stream');
const { nodeBody } = require('../../../lib/http-body');
const { within } = require('../../support');

const headers = { 'content-type': 'application/json' };
const read = (parsed, stream, given = headers) => within(5000, nodeBody(given, parsed, stream));

test('text and bytes are read as JSON', async () => {
  for (const parsed of ['{"a":1}', Buffer.from('{"a":1}'), new Uint8Array(Buffer.from('{"a":1}'))]) {
    expect(await read(parsed)).toEqual({ a: 1 });
    await expect(read(parsed, undefined, {})).rejects.toMatchObject({ status: 415 });
  }
  await expect(read('x')).rejects.toMatchObject({ status: 400 });
  await expect(read(`{"a":"${'x'.repeat(16400)}"}`)).rejects.toMatchObject({ status: 413 });
  expect(await read('')).toEqual({});
});

test('what was parsed and is no object is 400', async () => {
  for (const parsed of [[], 7, true, ['x']])
    await expect(read(parsed)).rejects.toMatchObject({ status: 400, code: 6001 });
  expect(await read({ code: 'x' }, undefined, {})).toEqual({ code: 'x' });
});

test('a stream that breaks off, fails, flows or has ended is 400', async () => {
  const begun = () => new PassThrough();
  const broken = begun();
  const promise = read(undefined, broken);
  broken.write('{');
  setImmediate(() => broken.destroy());
  await expect(promise).rejects.toMatchObject({ status: 400 });

  const failing = begun();
  const failed = read(undefined, failing);
  setImmediate(() => failing.destroy(new Error('ECONNRESET')));
  await expect(failed).rejects.toMatchObject({ status: 400 });

  const flowing = begun().on('data', () => {});
  await expect(read(undefined, flowing)).rejects.toMatchObject({ status: 400 });
  const gone = begun().destroy();
  await expect(read(undefined, gone)).rejects.toMatchObject({ status: 400 });
});

test('a stream of text, and one that was paused, is read', async () => {
  const stream = new PassThrough();
  stream.setEncoding('utf8');
  stream.pause();
  stream.end('{"name":"手机"}');
  expect(await read(undefined, stream)).toEqual({ name: '手机' });
});
