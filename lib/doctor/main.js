'use strict';

// `npx mpauthx doctor`: what it is told on the command line, and how it ends. It is read by that
// command alone, and must run where the addon does not load.

const { version } = require('../../package.json');
const { parse } = require('./command-line.js');
const { examine } = require('./examine.js');
const { Report } = require('./report.js');
const { languageOf, wordsOf } = require('./words.js');

function run(args) {
  const words = wordsOf(languageOf(process.env));
  const { command, wrong, json, config } = parse(args);
  if (command === 'version') return end(version, 0);
  if (command === 'help') return end(words.usage, 0);
  if (wrong !== undefined) return end(`${words.wrong(wrong)}\n\n${words.usage}`, 1);
  return diagnose(new Report(words, { version, json, out: outOf(json) }), config);
}

async function diagnose(report, config) {
  guard(report);
  await examine(report, { config, folder: process.cwd() });
  const code = report.end();
  // What the configuration has left open does not hold the process.
  report.out.write('', () => process.exit(code));
}

/** Where the report goes. What the configuration prints must not get into JSON. */
function outOf(json) {
  const { stdout, stderr } = process;
  const write = stdout.write.bind(stdout);
  if (json) stdout.write = stderr.write.bind(stderr);
  return { isTTY: stdout.isTTY, write };
}

/** The configuration is code of the application's: whatever it does, the doctor says it. */
function guard(report) {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error) => report.tell('config.threw-later', { cause: messageOf(error) }));
  }
  process.once('exit', () => {
    if (report.hasEnded) return;
    report.tell('config.exits');
    process.exitCode = report.end();
  });
}

function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

function end(text, code) {
  process.exitCode = code;
  process.stdout.write(`${text}\n`);
}

module.exports = { run };
