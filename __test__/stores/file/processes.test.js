'use strict';

const { isValid, liveOf, login } = require('../../support');
const { PROCESSES, race } = require('../../support/race');
const { inspect, userFile } = require('../../users/support');
const { JOURNALS } = require('../../users/kinds');
const { fileSetting, rowsOf } = require('./support');

describe.each([
  ['a new file of tokens', null],
  ...JOURNALS.map(([name, journal]) => [`one file of tokens and users (${name})`, journal]),
])(`${PROCESSES} processes on %s`, (_name, journal) => {
  const here = fileSetting();
  let users;
  beforeEach(async () => {
    users = await userFile({ journal: journal ?? 'DELETE', users: ['o1'] });
    if (journal) here.file = users;
  });

  const racing = (calls) => race({ tokens: { file: here.file }, file: users, endpoint: here.wechat.endpoint, calls });
  const logins = (count, openId) => Array.from({ length: count }, () => here.wechat.user({ openId }));

  test('20 first logins of one user give one token and one row', async () => {
    const tokens = await racing(logins(20 / PROCESSES, 'o2'));
    expect(tokens).toHaveLength(20);
    expect(new Set(tokens).size).toBe(1);
    expect(await rowsOf(here.file)).toEqual([['o2', 'shop', tokens[0]]]);
    expect(await isValid(here.open(), tokens[0])).toBe(true);
    expect(await inspect(users)).toMatchObject({ check: 'ok', users: ['o1', 'o2'] });
  });

  test('logins and refreshes mixed leave one live token, one that was handed out', async () => {
    const tokens = await racing(logins(10, 'o1').flatMap((call) => [call, { refresh: 'o1' }]));
    expect(tokens).toHaveLength(20 * PROCESSES);
    const app = here.open();
    const live = await liveOf(app, tokens);
    expect(live).toHaveLength(1);
    expect(await rowsOf(here.file)).toEqual([['o1', 'shop', live[0]]]);
    expect(await login(app, here.wechat, 'o1')).toBe(live[0]);
    expect(await inspect(users)).toMatchObject({ check: 'ok', users: ['o1'] });
  });
});
