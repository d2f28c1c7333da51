'use strict';

// `npx mpauthx doctor`: what it is told on the command line, and how it ends. It is read by that
// command alone, and must run where the addon does not load.

const { fork } = require('child_process');
const path = require('path');
const { version } = require('../../package.json');
const { parse } = require('./command-line.js');
const { Report } = require('./report.js');
const { languageOf, wordsOf } = require('./words.js');

/** So long the process that looks may give no sign of life, in milliseconds. */
const SILENCE = 12000;

/** So long it may take to end, in milliseconds. */
const GRACE = 2000;

function run(args) {
  const words = wordsOf(languageOf(process.env));
  const { command, wrong, lacksFile, json, config } = parse(args);
  if (command === 'version') return end(version, 0);
  if (command === 'help') return end(words.usage, 0);
  if (lacksFile) return end(`${words.lacksFile}\n\n${words.usage}`, 1);
  if (wrong !== undefined) return end(`${words.wrong(wrong)}\n\n${words.usage}`, 1);
  return diagnose(new Report(words, { version, json, out: process.stdout }), config);
}

/** Lets another process look, and reports what it finds. */
function diagnose(report, config) {
  // What the configuration prints must not get into JSON.
  const stdio = ['ignore', report.json ? 2 : 'inherit', 'inherit', 'ipc'];
  const child = fork(path.join(__dirname, 'examiner.js'), config === undefined ? [] : [config], { stdio });
  let timer;
  let isOver = false;
  const finish = (code, values) => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    if (code) report.tell(code, values);
    process.exitCode = report.end();
    if (child.connected) child.disconnect();
    setTimeout(() => child.kill('SIGKILL'), code ? 0 : GRACE).unref();
  };
  const listen = () => {
    clearTimeout(timer);
    timer = setTimeout(finish, SILENCE, 'config.blocks', { seconds: SILENCE / 1000 });
  };
  child.on('message', (message) => {
    const { doctor } = Object(message);
    if (isOver || !doctor) return; // what has no such part is the application's
    listen();
    if (doctor.section) report.begin(doctor.section);
    if (doctor.code) report.tell(doctor.code, doctor.values);
    if (doctor.isDone) finish();
  });
  // Behind its last message, where it ends.
  child.on('disconnect', () => finish('config.exits'));
  listen();
}

function end(text, code) {
  process.exitCode = code;
  process.stdout.write(`${text}\n`);
}

module.exports = { run };
