'use strict';

const { atOnce, createApp, registeredIds, rejection, startFakeWeChat } = require('../support');

/** The user table as a view, whose rows a trigger writes elsewhere: they are no changes of ours. */
const VIEW = `CREATE TABLE person (name TEXT COLLATE NOCASE UNIQUE, since TEXT);
  CREATE VIEW user AS SELECT rowid, name AS openId FROM person;
  CREATE TRIGGER registered INSTEAD OF INSERT ON user BEGIN
    INSERT INTO person VALUES (NEW.openId, 'today');
    INSERT INTO person VALUES (NEW.openId || '-shadow', 'today');
  END`;

/**
 * What every database holds whose user table is a view.
 *
 * @param open   makes a store whose database ran the given SQL, as for `userTable`
 * @param tells  whether its `run` tells of changes
 * @param learns whether it takes an object its first new user to learn that the table is a view
 */
function userView(open, { tells = true, learns = false } = {}) {
  let wechat;
  let store;
  beforeAll(async () => {
    wechat = await startFakeWeChat();
  });
  beforeEach(async () => {
    store = await open(VIEW);
  });

  const service = () => createApp({ wechat, db: store.db, options: store.options });
  const login = (app, openId) => app.login(wechat.user({ openId }).code);
  const ids = async () => (await registeredIds(store)).filter((id) => !id.endsWith('-shadow'));

  test('a view: the login that registers a user says so, and no other', async () => {
    for (const user of ['o1', 'o2']) {
      const app = service();
      const said = [];
      for (const at of [app, app, service()]) said.push((await login(at, user)).isNewUser);
      expect(said).toEqual([true, false, false]);
    }
    expect(await ids()).toEqual(['o1', 'o2']);
  });

  test('a view: whom its trigger deletes is forgotten, and without one the call fails once sessions ended', async () => {
    const app = service();
    const { token } = await login(app, 'o1');
    expect(await rejection(app.forget('o1'))).toMatchObject({ code: 6000 });
    expect(await app.sessions.inspect(token)).toBeNull();
    await store.exec(
      'CREATE TRIGGER gone INSTEAD OF DELETE ON user BEGIN DELETE FROM person WHERE name = OLD.openId; END',
    );
    await login(app, 'o1');
    expect(await app.forget('o1')).toBe(1);
    expect(await ids()).toEqual([]);
  });

  // Where the object does not tell whether it has changed something, both of two logins may say so.
  if (!tells) return;

  test('a view: of 20 first logins at once, through four objects, one says that the user is new', async () => {
    const apps = [service(), service(), service(), service()];
    if (learns) for (const [i, app] of apps.entries()) await login(app, `own${i}`);
    for (const user of ['o1', 'o2', 'o3']) {
      const logins = await atOnce(20, (i) => login(apps[i % 4], user));
      expect(logins.filter(({ isNewUser }) => isNewUser)).toHaveLength(1);
    }
    expect((await ids()).filter((id) => id.length === 2)).toEqual(['o1', 'o2', 'o3']);
  });

  test('a view: of 20 first logins at once, through one object, one says that the user is new', async () => {
    const app = service();
    const logins = await atOnce(20, () => login(app, 'o1'));
    expect(logins.filter(({ isNewUser }) => isNewUser)).toHaveLength(1);
    expect(await ids()).toEqual(['o1']);
  });
}

module.exports = { userView };
