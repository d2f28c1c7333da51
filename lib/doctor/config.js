'use strict';

// The configuration: the module of the application's that is named, or found, and what it exports.

const fs = require('fs');
const path = require('path');
const { pathToFileURL } = require('url');

/** Looked for where no --config is given. */
const NAMES = ['mpauthx.config.js', 'mpauthx.config.cjs', 'mpauthx.config.mjs'];

/** What the module exports; undefined where there is none or it fails. */
async function load(tell, { config, folder, hide }) {
  const name = config === undefined ? NAMES.find((each) => fs.existsSync(path.join(folder, each))) : config;
  if (name === undefined) return void tell('config.none');
  const file = path.resolve(folder, name);
  if (!isFile(file)) return void tell('config.missing', { file });
  try {
    hide(fs.readFileSync(file, 'utf8'));
    const loaded = await import(pathToFileURL(file).href);
    return { name, exports: await resolved(loaded) };
  } catch (error) {
    const code = isUnreadable(error) ? 'config.unreadable' : 'config.throws';
    return void tell(code, { file: name, cause: messageOf(error) });
  }
}

function isFile(file) {
  try {
    return fs.statSync(file).isFile();
  } catch (_) {
    return false;
  }
}

/** Whether Node could not load the module, or one that it names. */
function isUnreadable(error) {
  const codes = ['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND', 'ERR_UNKNOWN_FILE_EXTENSION', 'ERR_REQUIRE_ESM'];
  return error instanceof SyntaxError || codes.includes(Object(error).code);
}

/** All that is exported, the default first. What is a promise is waited for. */
async function resolved(loaded) {
  const all = { default: await loaded.default };
  for (const [name, value] of Object.entries(loaded)) if (name !== 'default') all[name] = await value;
  return all;
}

function messageOf(error) {
  if (!(error instanceof Error)) return String(error);
  const [, line] = (error instanceof SyntaxError && /^[^\n]*:(\d+)\n/.exec(error.stack)) || [];
  return `${error.message || error.name}${line ? ` (line ${line})` : ''}`;
}

/** The exports that are looked at: `{ label, value }` of each object, or of what one is made of. */
function subjectsIn(tell, { name, exports }) {
  const { givenOf } = require('../given.js');
  const found = candidates(exports);
  const auths = found.filter(({ value }) => givenOf(value));
  if (auths.length > 0) return auths;
  if (found.some(({ value }) => typeof value.verify === 'function' && isObject(value.sessions))) {
    return void tell('config.other-copy', { file: name });
  }
  const options = found.filter(({ value }) => Array.isArray(value) || looksLikeOptions(value));
  if (options.length > 0) return options;
  const isFunction = [exports, exports.default].some((value) => typeof Object(value).default === 'function');
  return void tell(isFunction ? 'config.function' : 'config.nothing', { file: name });
}

/** What an exported object was made of, or what one is made of the exported options. */
function givenIn(tell, { value, name }) {
  const { readAuthConfig, named } = require('../auth-config.js');
  const { readConfig } = require('../config.js');
  const { givenOf } = require('../given.js');
  if (givenOf(value)) return { ...givenOf(value), name };
  try {
    const given = Array.isArray(value) ? readConfig(...value) : named(() => readAuthConfig(value));
    return { ...given, name };
  } catch (error) {
    return void tell('options.refused', { cause: error.message });
  }
}

/** What may be the configuration: an export, or what is in the default one; each object once. */
function candidates(exports) {
  const inside = isObject(exports.default) && !Array.isArray(exports.default) ? Object.entries(exports.default) : [];
  const found = [...Object.entries(exports), ...inside].filter(([, value]) => isObject(value));
  // The last of an object's names: beside its own, the default one says nothing.
  return [...new Map(found.map(([label, value]) => [value, { label, value }])).values()];
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

module.exports = { givenIn, load, optionsOf, subjectsIn };
