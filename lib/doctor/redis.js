'use strict';

// Whether redis can be reached, and whether it keeps what it is given. The addon's own connection
// is asked, so that a Cluster, Sentinels and TLS are what the application gets.

const { askRedis, causeOf } = require('./ask.js');
const { whoListens } = require('./listener.js');

/** What a failure means: the first that fits what the addon says. */
const FAILURES = [
  [/invalid peer certificate|CaUsedAsEndEntity/, 'redis.certificate'],
  [/refused the password/, 'redis.password'],
  [/NOAUTH/, 'redis.no-password'],
  [/NOPERM/, 'redis.no-rights'],
  [/LOADING/, 'redis.loading'],
  [/Sentinels know no master/, 'redis.no-master'],
  [/CLUSTERDOWN|node in cluster not found/, 'redis.cluster-down'],
  [/did not answer within|timed out/, 'redis.silent'],
  [/cannot be reached/, 'redis.unreachable'],
];

/** In milliseconds: sessions end, and marks are put in order, by redis' clock. */
const MAX_CLOCK_DIFFERENCE = 5000;

/** The oldest redis that has the commands, and whose memory is taken for nearly full. */
const OLDEST = 5;
const NEARLY_FULL = 0.9;

/** Tells how redis is. Whether it can be asked. */
async function lookAtRedis(tell, subject) {
  const address = addressOf(subject.config.tokens);
  try {
    const [{ error: refused = '' }] = await askRedis(subject, [['PING']]);
    // Where it takes no writes, it refuses PING too: it is there.
    if (refused && !/^(NOPERM|MISCONF)/.test(refused)) throw new Error(refused);
    const start = process.hrtime.bigint();
    await askRedis(subject, [['PING']]);
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    tell('redis.reached', { address, ms: ms.toFixed(1) });
  } catch (error) {
    await tellFailure(tell, subject, address, causeOf(error).replace(/^Error: /, ''));
    return false;
  }
  return lookAtServer(tell, subject);
}

async function tellFailure(tell, { config }, address, cause) {
  const [, code] = FAILURES.find(([pattern]) => pattern.test(cause)) || [undefined, 'redis.failed'];
  const isVague = ['redis.failed', 'redis.silent', 'redis.unreachable'].includes(code);
  const listener = isVague && config.tokens.url ? await whoListens(config.tokens.url) : undefined;
  if (listener === 'tls') return tell('redis.speaks-tls', { address });
  if (listener !== undefined && listener !== 'redis') return tell('redis.no-redis', { address, said: listener });
  return tell(code, { address, cause });
}

/** Where redis is, without user and password. */
function addressOf({ url, cluster, sentinels, master }) {
  const plain = (text) => text.replace(/^(\w+:\/\/).*@/, '$1').replace(/\?.*$/, '');
  if (sentinels) return `${sentinels.map(plain).join(', ')} (${master})`;
  return (cluster || [url]).map(plain).join(', ');
}

/** Whether it is what the options say. */
async function lookAtServer(tell, subject) {
  const [info, time, save] = await askRedis(subject, [['INFO'], ['TIME'], ['CONFIG', 'GET', 'save']]);
  lookAtClock(tell, time.reply);
  if (info.error) {
    tell('redis.no-info');
    return true;
  }
  const nodes = texts(info.reply).map(fieldsOf);
  if (!isRightKind(tell, nodes, subject.config.tokens)) return false;
  lookAtVersion(tell, nodes, subject.config);
  lookAtRole(tell, nodes, subject.config.tokens);
  lookAtMemory(tell, nodes);
  lookAtPersistence(tell, nodes, save.reply);
  return true;
}

/** A node of a Cluster and a Sentinel speak as a redis does, and do not work as one. */
function isRightKind(tell, [first = {}], { cluster }) {
  const { redis_mode: mode, cluster_enabled: isNode } = first;
  if (mode === 'sentinel') tell('redis.is-sentinel');
  else if (!cluster && (mode === 'cluster' || isNode === '1')) tell('redis.is-cluster');
  else return true;
  return false;
}

/** Every text in a reply: a Cluster replies with one of each node. */
function texts(reply) {
  if (Array.isArray(reply)) return reply.flatMap(texts).filter((text) => text.includes(':') && text.includes('\n'));
  return typeof reply === 'string' ? [reply] : [];
}

function fieldsOf(info) {
  return Object.fromEntries([...info.matchAll(/^(\w+):(.*?)\r?$/gm)].map(([, name, value]) => [name, value]));
}

function lookAtVersion(tell, nodes, { cache }) {
  for (const node of nodes) {
    const { redis_version: version } = node;
    if (version === undefined) return tell('redis.unknown-server');
    const name = node.valkey_version ? `Valkey ${node.valkey_version}` : node.dragonfly_version || `redis ${version}`;
    if (parseInt(version, 10) < OLDEST) return tell('redis.old', { version });
    if (cache && parseInt(version, 10) < 6) return tell('redis.old-for-cache', { version });
    if (node === nodes[0]) tell('redis.version', { name });
  }
  return undefined;
}

function lookAtRole(tell, nodes, { cluster }) {
  if (cluster) return tell('redis.nodes', { count: nodes.length });
  const { role, master_host: master } = nodes[0];
  return role === 'slave' || role === 'replica' ? tell('redis.replica', { master }) : tell('redis.master');
}

function lookAtMemory(tell, nodes) {
  const evicting = nodes.find(({ maxmemory_policy: policy }) => policy !== undefined && policy !== 'noeviction');
  if (evicting) {
    const { maxmemory, maxmemory_policy: policy } = evicting;
    tell(maxmemory === '0' ? 'redis.may-evict' : 'redis.evicts', { policy });
  } else if (nodes.some((node) => node.maxmemory_policy)) tell('redis.policy');
  const full = nodes.find(({ used_memory: used, maxmemory: max }) => max > 0 && used / max > NEARLY_FULL);
  if (full) tell('redis.nearly-full', { percent: Math.round((100 * full.used_memory) / full.maxmemory) });
}

function lookAtPersistence(tell, nodes, save) {
  const failed = nodes.find((node) => node.rdb_last_bgsave_status === 'err' || node.aof_last_write_status === 'err');
  if (failed) return tell('redis.persistence-fails');
  if (nodes.every((node) => node.aof_enabled === '1')) return tell('redis.append-only');
  if (!Array.isArray(save)) return tell('redis.persistence-unknown');
  const isSet = save.flat(Infinity).some((text) => /^\d+ /.test(text));
  return tell(isSet ? 'redis.snapshots' : 'redis.no-persistence');
}

/** The time of one of the nodes, where redis tells it. */
function lookAtClock(tell, time) {
  const [seconds, microseconds] = Array.isArray(time) ? time : [];
  if (seconds === undefined) return;
  const difference = Number(seconds) * 1000 + Number(microseconds) / 1000 - Date.now();
  const isFar = Math.abs(difference) > MAX_CLOCK_DIFFERENCE;
  tell(isFar ? 'redis.clock' : 'redis.clock-agrees', { seconds: (Math.round(difference / 100) / 10 || 0).toFixed(1) });
}

module.exports = { lookAtRedis };
