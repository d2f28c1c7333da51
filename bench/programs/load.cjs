'use strict';

// Loads modules, as an application at its start, and prints the milliseconds that it took and the
// MiB that RSS grew by.

const before = process.memoryUsage.rss();
const start = performance.now();
for (const file of process.argv.slice(2)) require(file);
const milliseconds = performance.now() - start;
const rss = (process.memoryUsage.rss() - before) / 2 ** 20;

process.stdout.write(JSON.stringify({ milliseconds, rss }), () => process.exit(0));
