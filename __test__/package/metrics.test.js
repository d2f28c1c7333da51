'use strict';

// The programs for Prometheus and OpenTelemetry that docs/operating.md shows, with the real
// packages; and that which tells of a copied token.

const fs = require('node:fs');
const path = require('node:path');
const { metrics } = require('@opentelemetry/api');
const { AggregationTemporality, InMemoryMetricExporter, MeterProvider, PeriodicExportingMetricReader } =
  require('@opentelemetry/sdk-metrics');
const prometheus = require('prom-client');
const { defer, mpauthx, rejection, ROOT, sample, SECRET, startFakeWeChat } = require('../support');
const { listenTo } = require('../support/channels');

const page = fs.readFileSync(path.join(ROOT, 'docs/operating.md'), 'utf8');

/** The program on the page that loads a module of that name. */
const programWith = (name) =>
  [...page.matchAll(/^```js\n(.*?)^```$/gms)]
    .map(([, code]) => code)
    .find((code) => code.includes(`require('${name}')`));

/** Subscribes until the test is over: other files share the channels of the process. */
const diagnostics = { channel: (name) => ({ subscribe: (listener) => listenTo(name, listener) }) };

const load = (name) => (name === 'diagnostics_channel' ? diagnostics : require(name));

/** Runs it on `auth`; what else it uses is in `given`. */
function run(name, auth, given = {}) {
  const names = Object.keys(given);
  new Function('require', 'auth', ...names, programWith(name))(load, auth, ...names.map((each) => given[each]));
}

/** An object that has logged in, checked, ended and failed. */
async function busyAuth() {
  const wechat = await startFakeWeChat();
  const options = { appId: sample.appId, secret: SECRET, sku: 'shop', tokens: 'memory' };
  const auth = mpauthx.createAuth({ ...options, wechat: { endpoint: wechat.endpoint } });
  defer(() => auth.close());
  const { token } = await auth.login(wechat.user({ openId: 'o1' }).code);
  await rejection(auth.login('no-such-code'));
  await auth.verify(token);
  await auth.sessions.revoke(token);
  await rejection(auth.verify(token));
  await rejection(auth.verify(token));
  return auth;
}

test('prom-client gives them to Prometheus, however often it asks', async () => {
  run('prom-client', await busyAuth());
  await prometheus.register.metrics();
  const lines = (await prometheus.register.metrics()).split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'mpauthx_checks_total{verdict="live"} 1',
      'mpauthx_checks_total{verdict="dead"} 2',
      'mpauthx_checks_by_way_total{way="batch"} 3',
      'mpauthx_sessions_ended_total{reason="revoked"} 1',
      'mpauthx_wechat_total{outcome="answered"} 1',
      'mpauthx_wechat_total{outcome="refused"} 1',
      'mpauthx_wechat_seconds_bucket{le="+Inf"} 2',
      'mpauthx_redis_seconds_bucket{le="0.001"} 0',
    ]),
  );
});

test('OpenTelemetry observes them', async () => {
  const exporter = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 600000 });
  const provider = new MeterProvider({ readers: [reader] });
  defer(() => provider.shutdown());
  metrics.setGlobalMeterProvider(provider);
  run('@opentelemetry/api', await busyAuth());
  await provider.forceFlush();
  const [{ scopeMetrics }] = exporter.getMetrics();
  const points = scopeMetrics.flatMap((scope) =>
    scope.metrics.flatMap(({ descriptor, dataPoints }) =>
      dataPoints.map(({ attributes, value }) => [descriptor.name, Object.values(attributes)[0], value].join(' ')),
    ),
  );
  expect(points).toEqual(
    expect.arrayContaining([
      'mpauthx.checks live 1',
      'mpauthx.checks dead 2',
      'mpauthx.checks_by_way batch 3',
      'mpauthx.sessions.ended revoked 1',
      'mpauthx.wechat answered 1',
      'mpauthx.wechat refused 1',
      'mpauthx.wechat.seconds_bucket +Inf 2',
      'mpauthx.redis.seconds_bucket +Inf 0',
    ]),
  );
});

test('somebody is told of a copied token', async () => {
  const auth = mpauthx.createAuth({ sku: 'shop', tokens: 'memory' });
  defer(() => auth.close());
  const told = [];
  run('diagnostics_channel', auth, { tellSecurity: (text) => told.push(text) });
  const { token, id } = await auth.sessions.issue('o1');
  await auth.sessions.revoke((await auth.sessions.issue('o1')).token);
  expect(told).toEqual([]);
  await auth.sessions.rotate(token, { grace: 0 });
  await rejection(auth.verify(token));
  expect(told).toEqual([`the login ${id} of o1 was copied`]);
});
