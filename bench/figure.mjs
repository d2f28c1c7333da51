// Draws the figure of docs/performance.md from the results. Run directly, draws that of
// bench/results.json again.

import { readFileSync, writeFileSync } from 'node:fs';
import { parse, View } from 'vega';
import { isMain } from '../scripts/run.mjs';

const IN_FLIGHT = 256;

/**
 * Readable on white and on GitHub's dark background alike: an image does not learn which of them it
 * is on.
 */
const COLORS = { ours: '#2f7de1', other: '#8c959f', text: '#77808a' };

/**
 * Hits in memory are an order of magnitude faster than redis, so they have a scale of their own.
 */
const GROUPS = [
  { title: 'redis asked at every check', kinds: ['client', 'ceiling'], ids: ['plain'] },
  { title: 'answered from memory', kinds: ['stale', 'floor'], ids: ['cached'] },
];

const MEASURES = [
  { name: 'perSecond', title: 'checks per second', format: '.3s', left: 320, width: 250 },
  { name: 'threadCpu', title: 'µs of the JavaScript thread per check', format: '.3~r', left: 660, width: 180 },
];

const SIZE = { width: 900, bar: 24, heading: 50, gap: 22, top: 34 };

export async function drawFigure({ parts, versions }) {
  const groups = GROUPS.map(({ title, kinds, ids }) => ({ title, rows: rowsOf(parts.checks, kinds, ids) })).filter(
    ({ rows }) => rows.length > 0,
  );
  let top = SIZE.top;
  const marks = [heading(versions)];
  for (const { title, rows } of groups) {
    const height = rows.length * SIZE.bar;
    marks.push(label(title, 0, top + 18, { fontWeight: 'bold' }), ...names(rows, top + SIZE.heading, height));
    for (const measure of MEASURES) {
      marks.push(
        label(measure.title, measure.left, top + SIZE.heading - 10),
        bars(rows, measure, top + SIZE.heading, height),
      );
    }
    top += SIZE.heading + height + SIZE.gap;
  }
  const spec = {
    width: SIZE.width,
    height: top,
    padding: 8,
    // What texts measure is a guess where there is no canvas.
    autosize: 'none',
    background: null,
    config: { text: { font: 'system-ui, sans-serif', fontSize: 13, fill: COLORS.text } },
    marks,
  };
  const svg = await new View(parse(spec), { renderer: 'none' }).toSVG();
  return `${svg}\n`;
}

/** The fastest first. */
function rowsOf(checks, kinds, ids) {
  return checks
    .filter(({ id, kind, levels }) => levels?.[IN_FLIGHT] && (kinds.includes(kind) || ids.includes(id)))
    .map(({ kind, title, levels }) => ({
      title: title.replaceAll('`', ''),
      ours: kind === 'ours',
      perSecond: levels[IN_FLIGHT].perSecond.median,
      threadCpu: levels[IN_FLIGHT].threadCpu?.median ?? null,
    }))
    .sort((a, b) => b.perSecond - a.perSecond);
}

function heading({ node, redis }) {
  return label(`isTokenValid, ${IN_FLIGHT} in flight · Node ${node}, redis ${redis}`, 0, 12);
}

function label(text, x, y, style = {}) {
  return { type: 'text', encode: { enter: values({ text, x, y, ...style }) } };
}

const values = (encoding) => Object.fromEntries(Object.entries(encoding).map(([name, value]) => [name, { value }]));

/** The names of the rows, one for all measures. */
function names(rows, top, height) {
  const step = height / rows.length;
  return rows.map(({ title, ours }, row) =>
    label(title, 0, top + (row + 0.5) * step, {
      baseline: 'middle',
      ...(ours && { fill: COLORS.ours, fontWeight: 'bold' }),
    }),
  );
}

function bars(rows, { name, format, left, width }, top, height) {
  const present = rows.map((row, index) => ({ ...row, index })).filter((row) => row[name] !== null);
  const value = { scale: 'x', field: name };
  const fill = { field: 'ours', scale: 'color' };
  const middle = { scale: 'y', field: 'index', band: 0.5 };
  return {
    type: 'group',
    encode: { enter: values({ x: left, y: top, width, height }) },
    data: [{ name: 'rows', values: present }],
    scales: [
      { name: 'x', type: 'linear', domain: { data: 'rows', field: name }, range: [0, width], zero: true },
      {
        name: 'y',
        type: 'band',
        domain: rows.map((_, index) => index),
        range: [0, height],
        paddingInner: 0.3,
        paddingOuter: 0.15,
      },
      { name: 'color', type: 'ordinal', domain: [true, false], range: [COLORS.ours, COLORS.other] },
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'rows' },
        encode: {
          enter: {
            x: { value: 0 },
            x2: value,
            y: { scale: 'y', field: 'index' },
            height: { scale: 'y', band: 1 },
            fill,
          },
        },
      },
      {
        type: 'text',
        from: { data: 'rows' },
        encode: {
          enter: {
            x: { ...value, offset: 6 },
            y: middle,
            baseline: { value: 'middle' },
            text: { signal: `format(datum.${name}, '${format}')` },
          },
        },
      },
    ],
  };
}

if (isMain(import.meta.url)) {
  const results = JSON.parse(readFileSync(new URL('results.json', import.meta.url), 'utf8'));
  writeFileSync(new URL('figure.svg', import.meta.url), await drawFigure(results));
}
