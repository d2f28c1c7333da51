'use strict';

// The looks, one after the other. Each has a deadline, and what it tells after that is not heard.

const { givenIn, load, optionsOf, subjectsIn } = require('./config.js');
const { lookAtAdoption } = require('./adoption.js');
const { lookAtLockFile } = require('./lock-file.js');
const { secretsIn, secretsOf } = require('./mask.js');
const { lookAtOptions } = require('./options.js');
const { lookAtPackage } = require('./package.js');
const { lookAtRedis } = require('./redis.js');
const { lookAtRights } = require('./rights.js');
const { lookAtTokenFile, lookAtUserFile } = require('./files.js');
const { lookAtTokens, lookAtUsers } = require('./users.js');
const { lookAtWeChat } = require('./wechat.js');

/** In milliseconds. A call of the addon has limits of its own, which an application may set. */
const DEADLINE = 20000;

/** How long the module of the configuration may take. */
const LOAD_DEADLINE = 10000;

async function examine(report, { config, folder }) {
  const look = (name, work, deadline = DEADLINE) => within(report, name, work, deadline);
  const runs = await look('package', (tell) => lookAtPackage(tell));
  await look('package', (tell) => lookAtLockFile(tell, folder));
  if (!runs) return;
  const hide = (source) => report.mask.add(secretsIn(source));
  const loaded = await look('config', (tell) => load(tell, { config, folder, hide }), LOAD_DEADLINE);
  if (loaded === undefined) return;
  const { name } = loaded;
  const subjects = (await look('config', (tell) => subjectsIn(tell, loaded))) || [];
  for (const { label, value } of subjects) {
    if (subjects.length > 1) await look('config', (tell) => tell('config.export', { file: name, name: label }));
    await examineOne(report, look, { name, value });
  }
}

/** Looks at one of the objects that the application makes. */
async function examineOne(report, look, exported) {
  const given = await look('config', (tell) => givenIn(tell, exported));
  if (!given) return;
  report.mask.add(secretsOf(given.config));
  await look('options', (tell) => lookAtOptions(tell, given.config));
  const subject = await look('options', (tell) => optionsOf(tell, given));
  if (!subject) return;
  if (subject.isRedis) await examineRedis(look, subject);
  else if (subject.config.tokens.file) {
    await look('tokens', (tell) => lookAtTokenFile(tell, subject));
    await look('tokens', (tell) => lookAtTokens(tell, subject));
  }
  if (subject.config.file) await look('users', (tell) => lookAtUserFile(tell, subject));
  await look('users', (tell) => lookAtUsers(tell, subject));
  await look('wechat', (tell) => lookAtWeChat(tell, subject));
}

async function examineRedis(look, subject) {
  if (!(await look('redis', (tell) => lookAtRedis(tell, subject)))) return;
  await look('redis', (tell) => lookAtRights(tell, subject));
  if (!subject.config.tokens.tagged) await look('redis', (tell) => lookAtAdoption(tell, subject));
}

/** What `work` gives; undefined where it failed or took too long, which is told. */
async function within(report, section, work, deadline) {
  report.begin(section);
  let isOver = false;
  let timer;
  const tell = (code, values) => isOver || report.tell(code, values);
  const late = new Promise((resolve) => {
    timer = setTimeout(() => {
      tell(section === 'config' ? 'config.late' : 'look.late', { section, seconds: deadline / 1000 });
      resolve();
    }, deadline);
  });
  const done = Promise.resolve()
    .then(() => work(tell))
    .catch((error) => void tell('look.failed', { section, cause: error.message }));
  const result = await Promise.race([done, late]);
  isOver = true;
  clearTimeout(timer);
  return result;
}

module.exports = { examine };
