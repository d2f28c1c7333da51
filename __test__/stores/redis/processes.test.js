'use strict';

const { liveOf, login, setting } = require('../../support');
const { PROCESSES, race } = require('../../support/race');
const { inspect, userFile } = require('../../users/support');
const { records } = require('./support');

describe(`${PROCESSES} processes on one redis and one file of users`, () => {
  const here = setting();

  const racing = (file, calls) =>
    race({ redis: { url: here.server.url }, file, endpoint: here.wechat.endpoint, calls });

  const logins = (count, openId) => Array.from({ length: count }, () => here.wechat.user({ openId }));

  test.each(['DELETE', 'WAL'])('20 first logins of one user give one token and one row (%s)', async (journal) => {
    const file = await userFile({ journal });
    const tokens = await racing(file, logins(20 / PROCESSES, 'o1'));
    expect(tokens).toHaveLength(20);
    expect(new Set(tokens).size).toBe(1);
    expect(await records(here.redis, 'o1')).toEqual([tokens[0]]);
    expect(await inspect(file)).toMatchObject({ check: 'ok', users: ['o1'] });
  });

  test.each([1, 2, 3])('logins and refreshes mixed leave one live token, one that was handed out (%d)', async () => {
    const file = await userFile({ users: ['o1'] });
    const calls = logins(10, 'o1').flatMap((call) => [call, { refresh: 'o1' }]);
    const tokens = await racing(file, calls);
    expect(tokens).toHaveLength(20 * PROCESSES);

    const app = here.open();
    const live = await liveOf(app, tokens);
    expect(live).toHaveLength(1);
    expect(await records(here.redis, 'o1')).toEqual(live);
    expect(await login(app, here.wechat, 'o1')).toBe(live[0]);
    expect(await inspect(file)).toMatchObject({ check: 'ok', users: ['o1'] });
  });
});
