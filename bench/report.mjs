// The results as Markdown.

import { middle, number, spread, table, times } from './tables.mjs';
import { targets, verdict } from './targets.mjs';

export function report(results) {
  const { parts } = results;
  const sections = [
    head(results),
    section('To reach', reached(results)),
    parts.checks && section('Checks', checks(parts.checks, results.settings)),
    parts.logins && section('Logins', logins(parts.logins)),
    parts.routes && section('Routes', routes(parts.routes)),
    parts.loading && section('Loading', loading(parts.loading)),
    parts.memory && section('Memory', memory(parts.memory)),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

const section = (title, text) => `## ${title}\n\n${text}`;

function head({ date, machine, versions, build, quick, settings, minutes }) {
  const { cpu, cores, memory, system } = machine;
  const lines = [
    '# What `npm run bench` measured',
    `${date.slice(0, 10)}, in ${minutes} minutes. mpauthx ${versions.mpauthx}, ${build} build; Node ${versions.node}; redis ${versions.redis}; ${cores} cores, ${cpu}, ${memory}; ${system}.`,
    `Medians of ${settings.checks.rounds} rounds (logins ${settings.logins.rounds}, memory ${settings.memory.rounds}, routes ${settings.routes.rounds}, loading ${settings.loading.rounds}), ± the middle half of them. Every contestant in a process of its own, taking turns.`,
  ];
  if (quick) lines.push('**A quick run: its numbers are too rough to be quoted.**');
  return lines.join('\n\n');
}

function reached(results) {
  const rows = targets(results).map((target) => [
    target.what,
    target.ratio === undefined ? '–' : target.ratio.toFixed(2),
    `${target.better.sign} ${target.atLeast}`,
    `${target.better.sign} ${target.wanted}`,
    verdict(target),
  ]);
  return table(['', 'ratio', 'at least', 'wanted', 'reached'], rows);
}

function checks(contestants, { inFlight }) {
  const plain = contestants.find(({ id }) => id === 'plain');
  return inFlight
    .map((level) => {
      const rows = contestants.map(({ title, absent, levels }) => {
        if (absent) return missing(title, absent, 7);
        const { perSecond, p50, p99, threadCpu, processCpu, rss } = levels[level];
        const ratio = times(perSecond.median, plain.levels?.[level].perSecond.median);
        return [
          title,
          spread(perSecond),
          ratio,
          middle(p50),
          middle(p99),
          middle(threadCpu),
          middle(processCpu),
          middle(rss),
        ];
      });
      return `${level.toLocaleString('en')} in flight:\n\n${table(
        ['', 'per second', 'of mpauthx', 'p50 µs', 'p99 µs', 'JS thread µs/call', 'all threads µs/call', 'RSS MiB'],
        rows,
      )}`;
    })
    .join('\n\n');
}

function logins(ways) {
  const [ours, keys] = ways;
  const none = ours.levels[0];
  const rows = Object.keys(ours.levels).flatMap((foreign) =>
    ['authorize', 'refreshToken'].map((call) => {
      const [own, other] = [ours, keys].map(({ levels }) => levels[foreign][call]);
      return [
        `${call}, ${Number(foreign).toLocaleString('en')} foreign tokens`,
        spread(own.p50),
        middle(own.p99),
        times(own.p50.median, none?.[call].p50.median),
        spread(other.p50),
        middle(other.p99),
        times(other.p50.median, own.p50.median),
      ];
    }),
  );
  return `Milliseconds, one call at a time, WeChat on loopback.\n\n${table(
    ['', 'mpauthx p50', 'p99', 'of that with none', 'by KEYS p50', 'p99', 'of mpauthx'],
    rows,
  )}`;
}

function routes(frameworks) {
  return Object.entries(frameworks)
    .map(([framework, guards]) => {
      const [unguarded] = guards;
      const rows = guards.map(({ title, absent, perSecond, p50, p99, threadCpu, rss }) => {
        if (absent) return missing(title, absent, 6);
        const share = times(perSecond.median, unguarded.perSecond.median);
        return [title, spread(perSecond), share, middle(p50), middle(p99), middle(threadCpu), middle(rss)];
      });
      const columns = [
        '',
        'requests per second',
        'of unguarded',
        'p50 ms',
        'p99 ms',
        'JS thread µs/request',
        'RSS MiB',
      ];
      return `${framework}:\n\n${table(columns, rows)}`;
    })
    .join('\n\n');
}

function loading(modules) {
  const rows = modules.map(({ title, milliseconds, rss }) => [
    title,
    spread(milliseconds),
    times(milliseconds.median, modules[0].milliseconds.median),
    middle(rss),
  ]);
  return table(['`require()` in a fresh process', 'ms', 'of mpauthx', 'RSS MiB'], rows);
}

function memory(subjects) {
  const rows = subjects.map(({ title, absent, calls, rss, growth, least, most, noise, grows }) => {
    if (absent) return missing(title, absent, 5);
    return [
      `${calls.toLocaleString('en')} ${title}`,
      number(rss),
      number(growth),
      `${number(least)} to ${number(most)}`,
      number(noise),
      grows ? 'yes' : 'no',
    ];
  });
  const columns = ['after as many before', 'RSS MiB at the end', 'growth MiB', 'of rounds', 'noise MiB', 'grows'];
  return table(columns, rows);
}

function missing(title, reason, columns) {
  return [title, `not there: ${reason}`, ...Array(columns - 1).fill('–')];
}
