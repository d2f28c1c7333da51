// `npm run demo`: builds the addon and shows both doors, with WeChat's official sample data and a
// fake WeChat on loopback. Tokens are kept in a file, or with `--redis redis://…` in that redis.

import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { showDropIn } from './demo/drop-in.mjs';
import { showFrontDoor } from './demo/front-door.mjs';
import { build, installRoot, main } from './run.mjs';

const require = createRequire(import.meta.url);
const { startFakeWeChat } = require('../lib/testing/fake-wechat');

// Short, so that a redis is soon as it was; and a sku of each run's own, so that no run meets the
// tokens of another.
const TTL_SECONDS = 60;
const SKU = `demo-${randomBytes(3).toString('hex')}`;

main(async () => {
  const { values } = parseArgs({ options: { redis: { type: 'string' } } });
  await installRoot();
  await build();

  const folder = mkdtempSync(path.join(tmpdir(), 'mpauthx-demo-'));
  const wechat = await startFakeWeChat();
  try {
    await demo({ wechat, folder, redis: values.redis });
  } finally {
    await wechat.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

async function demo({ wechat, folder, redis }) {
  const given = { wechat, folder, tokens: redis ?? { file: path.join(folder, 'tokens.db') }, ttl: TTL_SECONDS };
  console.log(`\nmpauthx ${require('../package.json').version}`);
  console.log(`  tokens   ${redis ? 'in redis' : `in a file of ${folder}`}`);
  console.log(`  WeChat   ${wechat.endpoint}, a fake one that knows the official sample`);

  await showFrontDoor({ ...given, sku: SKU });
  await showDropIn({ ...given, sku: `${SKU}-old` });

  if (redis) {
    console.log(
      `\n  Left in redis: mpauthx:adopted:${SKU}-old, mpauthx:skus and mpauthx:id-key. All else there ends by itself within ${TTL_SECONDS} s.`,
    );
  }
  console.log('\n✓ Everything went as it should.');
}
