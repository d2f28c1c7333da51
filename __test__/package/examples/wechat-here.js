'use strict';

/** A module that an application loads first: points it at the WeChat of these tests. */
const PRELOAD = `
const mpauthx = require('mpauthx');
const { createAuth } = mpauthx;
mpauthx.createAuth = (options) => createAuth({ ...options, wechat: { endpoint: process.env.WECHAT } });
`;

module.exports = { PRELOAD };
