'use strict';

// The counters of one object, since its start. Those of checks are JavaScript's own; the addon
// counts the rest.

const { Histogram } = require('./histogram.js');

class Stats {
  constructor() {
    /** Checks by the addon's verdicts. */
    this.live = 0;
    this.dead = 0;
    this.failed = 0;
    /** Checks that found a token live another way. */
    this.cached = 0;
    this.direct = 0;
    /** Checks of what nobody needs to be asked about. */
    this.refused = 0;
    /** Of the short way. */
    this.connections = 0;
    this.latency = new Histogram();
  }

  /** A copy of all counters; `inFlight` calls are under way. */
  read(core, inFlight) {
    const { live, dead, failed, cached, direct, refused } = this;
    const counted = core.counted();
    const [revoked, replaced, evicted, reused] = counted.ended;
    const [answered, declined, broken] = counted.wechat;
    const wechat = { buckets: counted.wechatBuckets, sum: counted.wechatSum };
    const redis = { buckets: counted.redisBuckets, sum: counted.redisSum };
    return {
      checks: { live: live + cached + direct, dead: dead + refused, failed },
      ways: { cache: cached, direct, batch: live + dead + failed },
      logins: counted.logins,
      ended: { revoked, replaced, evicted, reused },
      wechat: { answered, refused: declined, failed: broken, latency: new Histogram().add(wechat).read() },
      redis: {
        reconnects: again(counted.connections) + again(this.connections),
        latency: new Histogram().add(redis).add(this.latency).read(),
      },
      inFlight,
    };
  }
}

/** How many of these connections were not the first. */
function again(connections) {
  return Math.max(0, connections - 1);
}

module.exports = { Stats };
