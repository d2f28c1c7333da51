'use strict';

const path = require('node:path');
const { generator, runNode, startRedis } = require('../support');

const COUNT = 10000;

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

test.each(['memory', 'redis'])(
  '10,000 inputs of every kind give a clear error or a result, with tokens in %s',
  async (store) => {
    const { seed } = generator();
    const tokens = store === 'redis' ? (await startRedis()).url : store;
    const args = [JSON.stringify({ seed, count: COUNT, tokens })];
    const { code, signal, stdout, stderr } = await runNode(path.join(__dirname, 'fuzz.js'), { args, timeout: 240000 });
    expect({ seed, code, signal, stderr }).toEqual({ seed, code: 0, signal: null, stderr: '' });
    const { faults, calls, kinds } = JSON.parse(stdout);
    expect({ seed, faults, calls }).toEqual({ seed, faults: [], calls: COUNT });
    expect(kinds).toEqual(expect.arrayContaining(KINDS));
  },
  250000,
);
