// Markdown tables, and how numbers stand in them.

/** Rows of texts; the first column is text, the others are numbers. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, column) => (column === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

const SMALL = new Intl.NumberFormat('en', { maximumSignificantDigits: 3 });
const WHOLE = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

export function number(value) {
  if (value === null || value === undefined) return '–';
  return Math.abs(value) >= 100 ? WHOLE.format(value) : SMALL.format(value);
}

/** The median of a summary. */
export const middle = (summary) => number(summary?.median);

/** The median, and how far the middle half of the rounds was from it at most. */
export function spread(summary) {
  if (!summary) return '–';
  const { median, low, high } = summary;
  return `${number(median)} ± ${Math.round((Math.max(high - median, median - low) / median) * 100)} %`;
}

export function times(a, b) {
  return a && b ? `${number(a / b)} ×` : '–';
}
