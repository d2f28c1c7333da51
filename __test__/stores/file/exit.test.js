'use strict';

const path = require('node:path');
const { drivers, runNode, startNode } = require('../../support');
const { hangingWeChat } = require('../../support/hanging-wechat');
const { fileSetting } = require('./support');

const here = fileSetting();

/** Source text that has calls in flight, their tokens in the file, and then does `then`. */
async function busy(then) {
  const addresses = JSON.stringify({ tokens: { file: here.file }, wechat: await hangingWeChat() });
  return `
    const { busyForever } = require('./__test__/robustness/busy');
    const wx = busyForever(${addresses});
    ${then}
  `;
}

/** The file is whole, and no user has two tokens. */
async function expectOrder() {
  const own = await drivers.sqlite3(here.file);
  expect(await own.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  expect(
    await own.all('SELECT user FROM mpauthx_session WHERE ended IS NULL GROUP BY user, sku HAVING count(*) > 1'),
  ).toEqual([]);
  const [{ rows }] = await own.all('SELECT count(*) AS rows FROM mpauthx_session');
  return rows;
}

describe('with calls in flight, with tokens in a file,', () => {
  test.each([
    ['process.exit()', 'process.exit();', 0],
    ['process.exit(3) a little later', 'setTimeout(() => process.exit(3), 20);', 3],
    ['process.exit(3) when a call is answered', "wx.refreshToken('o1').then(() => process.exit(3));", 3],
    ['process.exit(3) while it closes', 'wx.close(); process.exit(3);', 3],
  ])('%s ends the process so', async (_what, then, code) => {
    const result = await runNode(await busy(then));
    expect(result).toEqual({ code, signal: null, stdout: '', stderr: '' });
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGKILL'])('%s ends the process, and leaves the file whole', async (signal) => {
    const { child, line, exit } = startNode(await busy("wx.refreshToken('o1').then(() => console.log('busy'));"));
    await line('busy');
    child.kill(signal);
    expect(await exit).toMatchObject({ code: null, signal, stderr: '' });
    expect(await expectOrder()).toBeGreaterThan(0);
  });

  test.each([
    ['terminate', 1],
    ['exit', 7],
  ])(
    'workers end by %s, and the process works on and ends well',
    async (how, code) => {
      const args = [JSON.stringify({ tokens: { file: here.file }, wechat: await hangingWeChat(), how })];
      const workers = path.join(__dirname, '..', '..', 'robustness', 'workers.js');
      const result = await runNode(workers, { args, timeout: 60000 });
      expect(result).toEqual({ code: 0, signal: null, stdout: expect.any(String), stderr: '' });
      expect(JSON.parse(result.stdout)).toEqual({ codes: Array(20).fill(code), errors: [] });
      expect(await expectOrder()).toBeGreaterThan(0);
    },
    90000,
  );
});

test('an object that is idle does not keep the process', async () => {
  const result = await runNode(`
    const { users } = require('./__test__/robustness/busy');
    const wx = require('.')('wx', 'secret', 'shop', users, null, null, ${JSON.stringify({ tokens: { file: here.file } })});
    wx.refreshToken('o1').then(() => console.log('asked'));
  `);
  expect(result).toEqual({ code: 0, signal: null, stdout: 'asked\n', stderr: '' });
  expect(await expectOrder()).toBe(1);
});
