'use strict';

// How the doctor speaks: in two languages, in lines and on a terminal.

const { CODES, languageOf } = require('../../../lib/doctor/words');
const { Mask, secretsOf } = require('../../../lib/doctor/mask');
const { Report } = require('../../../lib/doctor/report');
const { wordsOf } = require('../../../lib/doctor/words');
const { doctor, listOf, NOWHERE, SECRET } = require('./support');

const names = (template) => [...template.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test.each(Object.entries(CODES))('%s is said in both languages', (_code, { is, en, zh, ...rest }) => {
  expect(rest).toEqual({});
  expect(['ok', 'note', 'warning', 'error']).toContain(is);
  expect(zh).toHaveLength(en.length);
  expect(zh.map(names)).toEqual(en.map(names));
  if (is === 'warning' || is === 'error') expect(en).toHaveLength(2);
});

test.each([
  [{ LANG: 'zh_CN.UTF-8' }, 'zh'],
  [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, 'en'],
  [{ LANG: 'en_US.UTF-8', LC_MESSAGES: 'zh_TW' }, 'zh'],
  [{}, 'en'],
])('%j means %s', (env, language) => {
  expect(languageOf(env)).toBe(language);
});

const CONFIG = listOf('wx4f4bc4dec97d474b', SECRET, 'shop', null, null, null, {
  tokens: 'memory',
  wechat: NOWHERE,
});

test('prints a line for each look, with its code, and what to do', async () => {
  const { code, stdout } = await doctor(CONFIG);
  expect(code).toBe(1);
  expect(stdout).not.toContain('\u001b');
  expect(stdout.replace(/^[\s\S]*(?=\nOptions)/, '').replace(/no connection.*refused.*\)/, 'no connection')).toBe(`
Options
  ok     mpauthx(…) as in 1.3.2, sku shop
  warn   tokens are in memory: they end with the process, and no other process knows them [options.memory]
        → For production name a redis or a file.

Users
  warn   there is no db: authorize and login reject [users.nobody]
        → Pass a user table as db, or use createAuth.

WeChat
  error  no connection [wechat.unreachable]
        → See the firewall, and wechat.endpoint; where only a proxy gets out, pass it as wechat.proxy.

1 to mend, 2 to know of
`);
});

test('speaks Chinese where the terminal does', async () => {
  const { stdout } = await doctor(CONFIG, { env: { LANG: 'zh_CN.UTF-8' } });
  expect(stdout).toContain('\n选项\n  正常  与 1.3.2 相同的 mpauthx(…)，sku 为 shop\n  警告  令牌保存在内存中');
  expect(stdout).toMatch(/\n1 处需要修复，2 处需要留意\n$/);
});

/** What is printed to a terminal, or to something else. */
function printed(isTTY, env) {
  let text = '';
  const out = { isTTY, write: (piece) => (text += piece) };
  const report = new Report(wordsOf('en'), { version: '1', json: false, out, env });
  report.begin('redis');
  report.tell('redis.master');
  report.end();
  return text;
}

test('shows progress and colours on a terminal alone', () => {
  expect(printed(true, {})).toContain('… Redis');
  expect(printed(true, {})).toContain('\u001b[32mok   \u001b[0m  it is a master\n');
  for (const text of [printed(false, {}), printed(true, { CI: 'true' }), printed(true, { TERM: 'dumb' })]) {
    expect(text).not.toContain('\u001b');
    expect(text).not.toContain('…');
  }
});

test('masks the secrets of a configuration in every form', () => {
  const mask = new Mask({ WX_SECRET: 'from-the-env', HOME: '/home/somebody' });
  const tokens = { url: 'rediss://app:p%40ss%2Fw@db:6379' };
  mask.add(secretsOf({ secret: 'a b/c', password: 'Sesame', tokens, wechat: { proxy: 'http://u:prox%79@p:1' } }));
  for (const text of ['from-the-env', 'a b/c', 'a%20b%2Fc', 'Sesame', 'p%40ss%2Fw', 'p@ss/w', 'proxy', 'prox%79']) {
    expect(mask.apply(`<${text}>`)).toBe('<***>');
  }
  expect(mask.apply('redis://a:b@c/d@e, ?pass=x')).toBe('redis://***@e, ?pass=***');
  expect(mask.apply('/home/somebody db 6379')).toBe('/home/somebody db 6379');
});
