'use strict';

const path = require('node:path');
const { generator, runNode, startRedis } = require('../support');

const COUNT = 10000;

/** Of an object of createAuth, whose functions are the same behind stricter options. */
const COUNT_OF_AUTH = 8000;

// That the inputs come everywhere, not only to the first check.
const KINDS = [
  'authorize: 6001',
  'authorize: 6009',
  'authorize: 6011',
  'authorize: result',
  'extractOpenId: TypeError',
  'extractOpenId: result',
  'extractSku: TypeError',
  'extractSku: result',
  'factory: TypeError',
  'factory: result',
  'forget: 6001',
  'forget: result',
  'identify: result',
  'isTokenValid: result',
  'isTokenValid: undefined',
  'login: 6001',
  'login: 6008',
  'refreshToken: 6001',
  'refreshToken: result',
  'sessions.inspect: 6001',
  'sessions.inspect: result',
  'sessions.issue: 6001',
  'sessions.issue: result',
  'sessions.list: 6001',
  'sessions.list: result',
  'sessions.revoke: result',
  'sessions.revokeById: 6001',
  'sessions.revokeById: result',
  'sessions.revokeUser: 6001',
  'sessions.revokeUser: result',
  'sessions.rotate: 6001',
  'sessions.rotate: 6007',
  'sessions.rotate: result',
  'verify: 6001',
  'verify: 6007',
  'verify: result',
  'wechat.accessToken: 6001',
  'wechat.accessToken: result',
  'wechat.checkSession: 6007',
  'wechat.checkSignature: 6007',
  'wechat.decryptData: 6001',
  'wechat.getPhoneNumber: 6008',
  'wechat.receive: 6001',
  'wechat.receive: result',
  'wechat.request: 6001',
  'wechat.request: 6008',
  'wechat.sign: 6007',
];

const KINDS_OF_AUTH = [
  'createAuth: TypeError',
  'createAuth: result',
  'guard: 200',
  'guard: 401',
  'login: 6008',
  'login: result',
  'login: undefined',
  'push: 400',
  'routes: 200',
  'routes: 204',
  'routes: 400',
  'routes: 401',
  'sessions.rotate: result',
  'verify: 6001',
  'verify: 6007',
  'verify: result',
  'wechat.receive: result',
];

/** Runs a program with a count of calls that is high enough to come to all that is to be met. */
async function expectNoFaults(program, given, kindsToMeet) {
  const { seed } = generator();
  const args = [JSON.stringify({ seed, ...given })];
  const { code, signal, stdout, stderr } = await runNode(path.join(__dirname, program), { args, timeout: 240000 });
  expect({ seed, code, signal, stderr }).toEqual({ seed, code: 0, signal: null, stderr: '' });
  const { faults, calls, kinds } = JSON.parse(stdout);
  expect({ seed, faults, calls }).toEqual({ seed, faults: [], calls: given.count });
  expect({ seed, notMet: kindsToMeet.filter((kind) => !kinds.includes(kind)) }).toEqual({ seed, notMet: [] });
}

test.each(['memory', 'redis'])(
  '10,000 inputs of every kind give a clear error or a result, with tokens in %s',
  async (store) => {
    const tokens = store === 'redis' ? (await startRedis()).url : store;
    await expectNoFaults('fuzz.js', { count: COUNT, tokens }, KINDS);
  },
  250000,
);

test('8,000 inputs of every kind give createAuth and its guards and routes a clear error or a result', async () => {
  await expectNoFaults('fuzz-auth.js', { count: COUNT_OF_AUTH }, KINDS_OF_AUTH);
}, 250000);
