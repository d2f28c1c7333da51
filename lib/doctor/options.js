'use strict';

// What the options say that will go wrong, though they are taken.

const { DEFAULTS } = require('../defaults.js');
const { isSku } = require('../token.js');

/** As WeChat gives them. */
const APP_ID = /^wx[0-9a-f]{16}$/;
const SECRET = /^[0-9a-f]{32}$/i;

function lookAtOptions(tell, config) {
  const { sku, sessions, tokens } = config;
  tell(config.front ? 'options.create-auth' : 'options.mpauthx', { sku: sku === '' ? "''" : sku });
  lookAtSku(tell, sku);
  if (sessions.each && sessions.max === DEFAULTS.sessions.max) tell('options.each-without-max');
  if (tokens.memory) tell('options.memory');
  lookAtApp(tell, config);
}

function lookAtSku(tell, sku) {
  if (sku === '') return tell('options.sku-empty');
  if (sku === 'undefined' || sku === 'null') return tell('options.sku-undefined', { sku });
  if (isSku(sku)) return undefined;
  // With all but the separator of tokens, 1.3.2's functions work.
  const isSeparated = !isSku(sku.replace(/[^!-~]/g, '').slice(0, 64) || 'sku');
  return tell(isSeparated ? 'options.sku-bar' : 'options.sku-odd', { sku });
}

function lookAtApp(tell, { appId, secret, wechat: { exchange, accessToken, cloud } }) {
  const asksItself = (exchange && accessToken) || cloud;
  if (!asksItself) {
    if (appId === undefined) tell('options.no-app-id');
    if (secret === undefined) tell('options.no-secret');
  }
  if (appId !== undefined && !APP_ID.test(appId)) tell('options.odd-app-id', { appId });
  if (secret !== undefined && !SECRET.test(secret)) tell('options.odd-secret');
}

module.exports = { lookAtOptions };
