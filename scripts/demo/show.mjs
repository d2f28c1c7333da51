// What both parts of the demo print, and what they expect.

export function expect(condition, complaint) {
  if (!condition) throw new Error(`demo: ${complaint}`);
}

export function heading(text) {
  console.log(`\n${text}\n`);
}

export function show(what, call, result) {
  console.log(`  ${what.padEnd(23)} ${call.padEnd(35)} → ${result}`);
}

/** A token as it may be shown. */
export function short(token) {
  const [user, sku, hex] = token.split('|');
  return `${user.slice(0, 8)}…|${sku}|${hex.slice(0, 8)}…`;
}
