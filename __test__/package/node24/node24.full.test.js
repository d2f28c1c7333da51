'use strict';

const { spawn } = require('node:child_process');
const { once } = require('node:events');
const fs = require('node:fs');
const path = require('node:path');
const { defer, tempDir } = require('../../support');

const MODULES = path.join(__dirname, '..', '..', 'node_modules');
const NODE = path.join(__dirname, '..', 'runtimes', 'node_modules', 'node24', 'bin', 'node');
const JEST = path.join(MODULES, 'jest', 'bin', 'jest.js');
const CONFIG = path.join(__dirname, 'jest.config.js');
const FILES = fs.readdirSync(__dirname).filter((name) => name.endsWith('.node24.js'));

/** As long as the longest of the files may take, in milliseconds. */
const LIMIT = 400000;

test('there are files to run', () => expect(FILES.length).toBeGreaterThan(0));

test.each(FILES)(
  '%s passes',
  async (name) => {
    const report = path.join(tempDir(), 'report.json');
    const args = [JEST, '--config', CONFIG, '--json', '--outputFile', report, path.join(__dirname, name)];
    const child = spawn(NODE, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    defer(() => child.kill('SIGKILL'));
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (chunk) => {
      stderr += chunk;
    });
    const [code] = await once(child, 'close');
    expect(code === 0 ? '' : stderr).toBe('');
    expect(JSON.parse(fs.readFileSync(report))).toMatchObject({
      success: true,
      numPassedTests: expect.any(Number),
      numPendingTests: 0,
      numTotalTestSuites: 1,
    });
  },
  LIMIT,
);
