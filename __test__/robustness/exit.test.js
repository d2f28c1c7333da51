'use strict';

const { createApp, everybody, login, runNode, startFakeWeChat, startNode, startRedis } = require('../support');
const { hangingWeChat } = require('../support/hanging-wechat');

let redis;
beforeAll(async () => {
  redis = await startRedis();
});

const stores = () => ({ redis: redis.url, memory: 'memory' });

/** Source text that has calls in flight and then does `then`; `wx` is the object. */
async function busy(then, tokens = redis.url) {
  const addresses = JSON.stringify({ tokens, wechat: await hangingWeChat() });
  return `
    const { busy } = require('./__test__/robustness/busy');
    const wx = busy(${addresses}, (error) => { throw error; });
    ${then}
  `;
}

/** Source text that makes an object \`wx\` and does nothing with it. */
const idle = (then = '', options = {}) => `
  const { users } = require('./__test__/robustness/busy');
  const wx = require('.')('wx4f4bc4dec97d474b', 'secret', 'shop', users, null, null, ${JSON.stringify({ tokens: redis.url, ...options })});
  ${then}
`;

describe.each(['redis', 'memory'])('with calls in flight, with tokens in %s,', (store) => {
  test.each([
    ['process.exit()', 'process.exit();', 0],
    ['process.exit(3)', 'process.exit(3);', 3],
    ['process.exit(3) a little later', 'setTimeout(() => process.exit(3), 20);', 3],
    ['process.exit(3) when a call is answered', "wx.refreshToken('o1').then(() => process.exit(3));", 3],
    ['process.exit(3) while it closes', 'wx.close(); process.exit(3);', 3],
  ])('%s ends the process so', async (_what, then, code) => {
    const result = await runNode(await busy(then, stores()[store]));
    expect(result).toEqual({ code, signal: null, stdout: '', stderr: '' });
  });

  test('an uncaught exception ends the process with 1 and is printed', async () => {
    const then = "setTimeout(() => { throw new Error('of the application'); }, 20);";
    const { code, signal, stderr } = await runNode(await busy(then, stores()[store]));
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(stderr).toMatch(/Error: of the application/);
  });

  test('a rejection that nobody handles ends the process with 1 and is printed', async () => {
    const then = "setTimeout(() => Promise.reject(new Error('of the application')), 20);";
    const { code, signal, stderr } = await runNode(await busy(then, stores()[store]));
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    expect(stderr).toMatch(/Error: of the application/);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])('%s ends the process', async (signal) => {
    const { child, line, exit } = startNode(await busy("setImmediate(() => console.log('busy'));", stores()[store]));
    await line('busy');
    child.kill(signal);
    expect(await exit).toEqual({ code: null, signal, stdout: 'busy\n', stderr: '' });
  });

  test("the application's own handler of SIGTERM is run", async () => {
    const then = "process.on('SIGTERM', () => process.exit(5)); setImmediate(() => console.log('busy'));";
    const { child, line, exit } = startNode(await busy(then, stores()[store]));
    await line('busy');
    child.kill('SIGTERM');
    expect(await exit).toEqual({ code: 5, signal: null, stdout: 'busy\n', stderr: '' });
  });
});

test('calls made while the process exits do no harm', async () => {
  const call = "wx.refreshToken('o1'); wx.isTokenValid('x').catch(() => {}); wx.close();";
  const result = await runNode(idle(`process.on('exit', () => { ${call} }); wx.refreshToken('o1');`));
  expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
});

test('loaded again and again, as test runners do, it is silent', async () => {
  const again = 'for (const name of Object.keys(require.cache)) delete require.cache[name];';
  const result = await runNode(`for (let i = 0; i < 20; i += 1) { ${again} require('.'); }`);
  expect(result).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
});

describe('an idle object does not keep the process alive', () => {
  test('that was never used', async () => {
    expect(await runNode(idle())).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });

  test('that was used', async () => {
    const then =
      "wx.refreshToken('o1').then(({ response }) => wx.isTokenValid(response)).then(() => console.log('used'));";
    expect(await runNode(idle(then))).toEqual({ code: 0, signal: null, stdout: 'used\n', stderr: '' });
  });

  test('that was closed', async () => {
    const then = "wx.refreshToken('o1').then(() => wx.close()).then(() => console.log('closed'));";
    expect(await runNode(idle(then))).toEqual({ code: 0, signal: null, stdout: 'closed\n', stderr: '' });
  });

  test('whose redis is not there', async () => {
    const gone = await startRedis();
    await gone.stop();
    expect(await runNode(idle('', { tokens: gone.url }))).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
  });
});

describe('a pending promise keeps the process alive', () => {
  test('until WeChat has answered', async () => {
    const wechat = await startFakeWeChat();
    const { code, encryptedData, iv, sessionKey } = wechat.user({ openId: 'o1' });
    let answer;
    const asked = new Promise((resolve) => {
      wechat.answer(code, (_req, res) => {
        answer = () => res.end(JSON.stringify({ openid: 'o1', session_key: sessionKey }));
        resolve();
      });
    });
    const args = [code, encryptedData, iv].map((text) => JSON.stringify(text)).join(', ');
    const then = `wx.authorize(${args}).then(({ status_message }) => console.log(status_message));`;
    const { child, exit } = startNode(idle(then, { wechat: { endpoint: wechat.endpoint } }));
    await asked;
    await login(createApp({ wechat, db: everybody() }), wechat, 'o2'); // time goes by: a whole login of somebody else
    expect(child.exitCode).toBeNull();
    answer();
    expect(await exit).toEqual({ code: 0, signal: null, stdout: 'OK\n', stderr: '' });
  });

  test('until redis has answered', async () => {
    const slow = await startRedis();
    slow.pause();
    const then = "wx.refreshToken('o1').then(() => console.log('answered'), () => console.log('given up'));";
    const { child, line, exit } = startNode(idle(`console.log('asked'); ${then}`, { tokens: slow.url }));
    await line('asked');
    slow.resume();
    expect(await exit).toEqual({ code: 0, signal: null, stdout: 'asked\nanswered\n', stderr: '' });
    expect(child.exitCode).toBe(0);
  });

  test('until a call has been given up', async () => {
    const gone = await startRedis();
    await gone.stop();
    const then = "wx.refreshToken('o1').catch((error) => console.log(error.code));";
    const result = await runNode(idle(then, { tokens: gone.url }));
    expect(result).toEqual({ code: 0, signal: null, stdout: '6000\n', stderr: '' });
  });

  test('until close has resolved', async () => {
    const result = await runNode(idle("wx.close().then(() => console.log('closed'));"));
    expect(result).toEqual({ code: 0, signal: null, stdout: 'closed\n', stderr: '' });
  });
});
