'use strict';

/** Moves a slot of a Cluster to the next master, key by key, as resharding does. */
async function moveSlot(cluster, slot) {
  const masters = await cluster.ready();
  const from = await cluster.ownerOf(slot);
  const to = masters[(masters.indexOf(from) + 1) % masters.length];
  await to.redis.cluster('SETSLOT', slot, 'IMPORTING', from.id);
  await from.redis.cluster('SETSLOT', slot, 'MIGRATING', to.id);
  for (;;) {
    const [key] = await from.redis.cluster('GETKEYSINSLOT', slot, 1);
    if (key === undefined) break;
    await from.redis.migrate('127.0.0.1', to.port, key, 0, 5000);
  }
  for (const node of [to, from, ...masters.filter((one) => one !== from && one !== to)]) {
    await node.redis.cluster('SETSLOT', slot, 'NODE', to.id);
  }
}

module.exports = { moveSlot };
