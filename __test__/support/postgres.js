'use strict';

// A PostgreSQL of the test's own; and how the programs of a database server are found and run,
// which mariadb.js needs too.

const { execFile, spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { promisify } = require('node:util');
const { Client } = require('pg');
const { defer } = require('./cleanup');
const { freePort } = require('./free-port');
const { tempDir } = require('./temp-dir');

const run = promisify(execFile);

const START_TIMEOUT = 60000;

/** How long a `beforeAll` may take that starts a server, which may have to be installed first. */
const INSTALL_TIMEOUT = 300000;

const APT_LOCK = path.join(os.tmpdir(), 'mpauthx-test-apt.lock');

const ADVICE = `No PostgreSQL was found, and none could be installed.
Install one and put its initdb and postgres on PATH, for example:
  Debian, Ubuntu   apt-get install postgresql
  Fedora           dnf install postgresql-server
  macOS            brew install postgresql`;

const DEBIAN = '/usr/lib/postgresql';

/** One of Debian's folders for each version, the newest first. */
function debianFolders() {
  const versions = fs.existsSync(DEBIAN) ? fs.readdirSync(DEBIAN) : [];
  return versions.sort((a, b) => b - a).map((version) => path.join(DEBIAN, version, 'bin'));
}

/**
 * A server that keeps its data in a temporary folder, on a free port of 127.0.0.1; its superuser
 * `postgres` needs no password. `stop()` ends it as a crash would, `start()` starts it again;
 * `config` is what a Pool takes.
 */
async function startPostgres() {
  const [initdb, postgres] = await findPrograms({
    names: [['initdb'], ['postgres']],
    folders: debianFolders,
    packages: ['postgresql'],
    service: 'postgresql',
    advice: ADVICE,
  });
  const folder = await dataFolder();
  const create = ['--username', 'postgres', '--auth', 'trust', '--encoding', 'UTF8', '--locale', 'C', '--no-sync'];
  await run(initdb, ['--pgdata', folder, ...create], await servant(folder));

  const settings = ['unix_socket_directories=', 'fsync=off', 'shared_buffers=16MB'].flatMap((each) => ['-c', each]);
  const config = (port) => ({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  const server = await startServer({
    command: (port) => [postgres, '-D', folder, '-h', '127.0.0.1', '-p', String(port), ...settings],
    options: await servant(folder),
    // Ends all connections at once and cleans up behind itself; killed, it would leave shared
    // memory.
    signal: 'SIGQUIT',
    connect: async (port) => {
      const client = new Client(config(port));
      client.on('error', () => {}); // one that was refused ends by itself
      await client.connect();
      await client.end();
    },
  });
  return { ...server, config: config(server.port) };
}

/**
 * The path of each program: of the first of its names that is found on PATH or in `folders()`.
 * Where one is missing, Debian's packages are installed if we are root; one that is missing then is
 * a failure, with the advice.
 */
async function findPrograms({ names, folders, packages, service, advice }) {
  const isRoot = process.getuid?.() === 0;
  // What another worker is installing is there in part.
  if (isRoot && fs.existsSync(APT_LOCK)) await run('flock', [APT_LOCK, 'true']);
  const find = () => names.map((each) => found(each, folders())).filter(Boolean);
  if (find().length < names.length && isRoot) {
    await install(packages, service).catch((error) => {
      throw new Error(`${advice}\n${error.message}\n${error.stderr}`);
    });
  }
  const programs = find();
  if (programs.length < names.length) throw new Error(advice);
  return programs;
}

function found(names, folders) {
  const all = [...(process.env.PATH ?? '').split(path.delimiter), ...folders];
  return names.flatMap((name) => all.map((folder) => path.join(folder, name))).find(isProgram);
}

function isProgram(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch (_) {
    return false;
  }
}

/** One apt-get at a time: jest's workers may want something together. */
async function install(packages, service) {
  const apt = (...args) => {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    return run('flock', [APT_LOCK, 'apt-get', ...args], { env, maxBuffer: Infinity });
  };
  await apt('update');
  await apt('install', '-y', '--no-install-recommends', ...packages);
  // The package may start a server of its own, on the usual port.
  if (service) await run('service', [service, 'stop']).catch(() => {});
}

/** A folder for the data of a server, which whoever runs it may write to. */
async function dataFolder() {
  const folder = tempDir();
  const { uid, gid } = await servant(folder);
  if (uid !== undefined) fs.chownSync(folder, uid, gid);
  return folder;
}

/**
 * As whom and where programs run: a database server refuses to be root, and wants a folder that it
 * may look at.
 */
async function servant(cwd) {
  if (process.getuid?.() !== 0) return { cwd };
  const id = async (flag) => Number((await run('id', [flag, 'nobody'])).stdout);
  return { cwd, uid: await id('-u'), gid: await id('-g') };
}

/** Runs a server on a port, and resolves with its process once `connect` succeeds. */
async function launch(port, { command, options, signal, connect }) {
  const [program, ...args] = command(port);
  const server = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk) => {
      output = (output + chunk).slice(-10000);
    });
  }
  let ended;
  server.once('error', (error) => {
    ended = error.message;
  });
  server.once('exit', (code, by) => {
    ended = `it ended with ${by || code}`;
  });
  const kill = () => server.kill(signal);
  process.once('exit', kill);
  server.once('exit', () => process.removeListener('exit', kill));
  const end = Date.now() + START_TIMEOUT;
  for (;;) {
    const failure = await connect(port).then(
      () => undefined,
      (error) => error,
    );
    if (!ended && !failure) return server;
    if (ended || Date.now() > end) {
      kill();
      throw new Error(`${program} did not start: ${ended || failure.message}\n${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/**
 * Another process may take the port between the search and the start; then another port is
 * searched.
 */
async function launchOnFreePort(given) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    try {
      return { port, process: await launch(port, given) };
    } catch (error) {
      if (attempt === 5 || !/Address already in use/i.test(error.message)) throw error;
    }
  }
}

/**
 * A server that `stop()` ends by the signal, and `start()` starts again on the same port; ended
 * when the test is over.
 */
async function startServer(given) {
  const { port, process: first } = await launchOnFreePort(given);
  let server = first;
  const stop = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const gone = new Promise((resolve) => server.once('exit', resolve));
    server.kill(given.signal);
    await gone;
  };
  defer(stop);
  const start = async () => {
    server = await launch(port, given);
  };
  return { port, stop, start };
}

module.exports = { startPostgres, findPrograms, dataFolder, servant, startServer, run, INSTALL_TIMEOUT };
