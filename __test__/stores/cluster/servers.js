'use strict';

// Redis Cluster and Sentinel, of servers that the test starts on free ports.

const crypto = require('node:crypto');
const net = require('node:net');
const { defer, pause, startRedis, tempDir, until } = require('../../support');

const SLOTS = 16384;
const NODE_TIMEOUT = 1500;

/** Resolves once nobody holds the port; rejects where somebody does. */
const probe = (port) =>
  new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(port, '127.0.0.1', () => server.close(resolve));
  });

/**
 * A port that is free together with that of the Cluster bus, 10000 higher; both below those that
 * clients are given.
 */
async function clusterPort() {
  for (let attempt = 1; ; attempt += 1) {
    const port = crypto.randomInt(11000, 22000);
    try {
      await probe(port);
      await probe(port + 10000);
      return port;
    } catch (error) {
      if (attempt === 50) throw error;
    }
  }
}

/**
 * A redis whose `stop` freezes it first: one that writes to its log while it is killed is waited
 * for in vain, and those here do, for they speak of each other's end.
 */
async function startQuietRedis(given) {
  const server = await startRedis(given);
  const { stop, pause: freeze } = server;
  const end = async () => {
    freeze();
    await pause(20); // what it has written is read
    await stop();
  };
  defer(end);
  return Object.assign(server, { stop: end });
}

async function startNode() {
  const dir = tempDir();
  const args = ['--cluster-enabled', 'yes', '--cluster-node-timeout', String(NODE_TIMEOUT), '--dir', dir];
  args.push('--cluster-replica-validity-factor', '0', '--cluster-migration-barrier', '9');
  args.push('--repl-diskless-sync', 'no');
  for (let attempt = 1; ; attempt += 1) {
    const port = await clusterPort();
    try {
      const server = await startQuietRedis({ port, args });
      const id = await server.redis.cluster('MYID');
      return Object.assign(server, { id, again: () => startQuietRedis({ port, args }) });
    } catch (error) {
      if (attempt === 5 || !/Address already in use|not bind/.test(error.output)) throw error;
    }
  }
}

const field = (text, name) => text.match(new RegExp(`^${name}:(.*?)\r?$`, 'm'))?.[1];

const info = async (node, name) => field(await node.redis.info('replication'), name);

/** Waits until every replica of `node` has all that was written to it before. */
async function replicated(node) {
  const offset = Number(await info(node, 'master_repl_offset'));
  await until(async () => {
    const replicas = [...(await node.redis.info('replication')).matchAll(/^slave\d+:.*state=(\w+),offset=(\d+)/gm)];
    return (
      replicas.length > 0 && replicas.every(([, state, reached]) => state === 'online' && Number(reached) >= offset)
    );
  });
}

/** Gives the slots out, introduces the nodes to each other, and makes the rest replicas. */
async function form(nodes, masters) {
  for (const [i, node] of nodes.entries()) await node.redis.cluster('SET-CONFIG-EPOCH', i + 1);
  const share = Math.ceil(SLOTS / masters);
  for (let i = 0; i < masters; i += 1) {
    const slots = Array.from({ length: Math.min(share, SLOTS - i * share) }, (_, slot) => i * share + slot);
    await nodes[i].redis.cluster('ADDSLOTS', ...slots);
  }
  for (const node of nodes.slice(1)) await nodes[0].redis.cluster('MEET', '127.0.0.1', node.port);
  for (const node of nodes) {
    await until(
      async () => field(await node.redis.cluster('INFO'), 'cluster_known_nodes') === String(nodes.length),
      20000,
    );
  }
  for (const [i, node] of nodes.slice(masters).entries()) {
    await until(() => node.redis.cluster('REPLICATE', nodes[i % masters].id).catch(() => false));
  }
}

/** A Redis Cluster: `tokens` is the option that names it; `stop` of a node kills that node. */
async function startCluster({ masters = 3, replicas = 3 } = {}) {
  const nodes = [];
  while (nodes.length < masters + replicas) nodes.push(await startNode());
  await form(nodes, masters);
  const alive = new Set(nodes);

  /**
   * Who serves which slots, as `viewer` sees it: [{ node, slots }]. Dead ones that nobody replaced
   * are among them.
   */
  async function view(viewer) {
    const lines = (await viewer.redis.cluster('NODES')).trim().split('\n');
    return lines.flatMap((line) => {
      const [id, , flags, , , , , , ...slots] = line.split(' ');
      const ranges = slots.filter((slot) => !slot.startsWith('[')).map((range) => range.split('-').map(Number));
      const node = nodes.find((one) => one.id === id);
      return flags.includes('master') && ranges.length > 0 ? [{ node, ranges }] : [];
    });
  }

  /**
   * Waits until every node that lives says that all slots are served, and by nodes that live; those
   * that serve.
   */
  async function ready() {
    for (const node of alive) {
      await until(async () => {
        const served = await view(node);
        return (
          field(await node.redis.cluster('INFO'), 'cluster_state') === 'ok' &&
          served.length === masters &&
          served.every((one) => alive.has(one.node))
        );
      }, 20000);
    }
    return (await view([...alive][0])).map((one) => one.node);
  }

  /** The master that serves a slot. */
  async function ownerOf(slot) {
    const served = await view([...alive][0]);
    return served.find(({ ranges }) => ranges.some(([from, to = from]) => slot >= from && slot <= to)).node;
  }

  const slotOf = (user, sku = 'shop') => [...alive][0].redis.cluster('KEYSLOT', `mpauthx:{u:${user}|${sku}}`);

  async function kill(node) {
    alive.delete(node);
    await node.stop();
  }

  /**
   * Starts a killed node again, where it was and with what it knew of the Cluster, and waits until
   * it follows a master.
   */
  async function revive(node) {
    Object.assign(node, await node.again());
    alive.add(node);
    await until(async () => (await info(node, 'master_link_status')) === 'up', 20000);
  }

  await ready();
  for (const node of nodes.slice(masters)) {
    await until(async () => (await info(node, 'master_link_status')) === 'up', 20000);
  }
  return {
    nodes,
    tokens: { cluster: nodes.slice(0, 2).map((node) => node.url) },
    ready,
    ownerOf,
    slotOf,
    kill,
    revive,
    replicated: async () => {
      for (const node of await ready()) if (replicas > 0) await replicated(node);
    },
  };
}

module.exports = { startCluster, startQuietRedis, replicated, info };
