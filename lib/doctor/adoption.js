'use strict';

// How far the adoption of 1.3.2's tokens is. Its marker is described in docs/migrating.md.

const { askRedis } = require('./ask.js');

async function lookAtAdoption(tell, subject) {
  const { sku } = subject.config;
  const [{ reply, error }] = await askRedis(subject, [['GET', `mpauthx:adopted:${sku}`]]);
  if (error) return;
  if (reply === 'done') tell('redis.adopted', { sku });
  else tell(reply === null ? 'redis.adoption-due' : 'redis.adopting', { sku });
}

module.exports = { lookAtAdoption };
