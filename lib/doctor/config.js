'use strict';

// The configuration: the module of the application's that is named, or found, and what it exports.

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');
const { watchOver } = require('./watchdog.js');

/** Looked for where no --config is given. */
const NAMES = ['mpauthx.config.js', 'mpauthx.config.cjs', 'mpauthx.config.mjs'];

/** What the module exports; undefined where there is none or it fails. */
async function load(tell, { config, folder, limit, hide }) {
  const name = config === undefined ? NAMES.find((each) => fs.existsSync(path.join(folder, each))) : config;
  if (name === undefined) return void tell('config.none');
  const file = path.resolve(folder, name);
  if (!fs.existsSync(file)) return void tell('config.missing', { file });
  const watch = watchOver(limit);
  try {
    hide(fs.readFileSync(file, 'utf8'));
    const loaded = await import(pathToFileURL(file).href);
    return { name, exports: await resolved(loaded) };
  } catch (error) {
    return void tell('config.throws', { file: name, cause: messageOf(error) });
  } finally {
    watch.end();
  }
}

/** All that is exported, the default first. What is a promise is waited for. */
async function resolved(loaded) {
  const all = { default: await loaded.default };
  for (const [name, value] of Object.entries(loaded)) if (name !== 'default') all[name] = await value;
  return all;
}

function messageOf(error) {
  return error instanceof Error ? error.message || error.name : String(error);
}

/** What an exported object was made of, or what one is made of the exported options. */
function givenIn(tell, { name, exports }) {
  const { readAuthConfig, named } = require('../auth-config.js');
  const { readConfig } = require('../config.js');
  const { givenOf } = require('../given.js');
  const found = candidates(exports);
  const auth = found.find((value) => givenOf(value));
  if (auth) return { ...givenOf(auth), name };
  if (found.some((value) => typeof value.verify === 'function' && isObject(value.sessions))) {
    return void tell('config.other-copy', { file: name });
  }
  const options = found.find((value) => Array.isArray(value)) || found.find((value) => looksLikeOptions(value));
  if (options === undefined) return void tell('config.nothing', { file: name });
  try {
    const given = Array.isArray(options) ? readConfig(...options) : named(() => readAuthConfig(options));
    return { ...given, name };
  } catch (error) {
    return void tell('options.refused', { cause: error.message });
  }
}

/** What may be the configuration: an export, or what is in the default one. */
function candidates(exports) {
  const inside = isObject(exports.default) && !Array.isArray(exports.default) ? Object.values(exports.default) : [];
  return [...Object.values(exports), ...inside].filter(isObject);
}

function isObject(value) {
  return typeof value === 'object' && value !== null;
}

/** Nobody goes without a sku or tokens, but one of them may be what is missing. */
function looksLikeOptions(value) {
  return ['appId', 'sku', 'tokens'].some((name) => Object.keys(value).includes(name));
}

/**
 * The addon's side of the same configuration, which begins nothing by itself: `calls`, and
 * `userCalls`, whose tokens are in memory, so that users are asked whatever is the matter with the
 * token store.
 */
function optionsOf(tell, { config, host, name }) {
  const { createCalls } = require('../calls.js');
  const { inAuthNames } = require('../options.js');
  const own = { ...config, onlyDiagnoses: true, createTable: false, cache: undefined };
  const { tokens } = config;
  try {
    const calls = createCalls({ config: own, host });
    const userCalls = createCalls({ config: { ...own, tokens: { ...tokens, memory: true } }, host });
    return { config, calls, userCalls, name, isRedis: !tokens.memory && tokens.file === undefined };
  } catch (error) {
    const cause = config.front ? inAuthNames(error.message) : error.message;
    return void tell('options.refused', { cause });
  }
}

module.exports = { givenIn, load, optionsOf };
