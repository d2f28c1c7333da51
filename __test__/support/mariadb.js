'use strict';

const path = require('node:path');
const mysql = require('mysql2/promise');
const { dataFolder, findPrograms, run, servant, startServer, INSTALL_TIMEOUT } = require('./postgres');

const ADVICE = `No MariaDB was found, and none could be installed.
Install one and put its mariadbd and mariadb-install-db on PATH, for example:
  Debian, Ubuntu   apt-get install mariadb-server-core mariadb-client-core
  Fedora           dnf install mariadb-server
  macOS            brew install mariadb`;

/**
 * A server that keeps its data in a temporary folder, on a free port of 127.0.0.1; its user `root`
 * needs no password. `stop()` kills it as a crash would, `start()` starts it again; `config` is
 * what a pool takes.
 */
async function startMariadb() {
  // These packages are programs alone: no service, and no user.
  const [create, mariadbd] = await findPrograms({
    names: [['mariadb-install-db', 'mysql_install_db'], ['mariadbd', 'mysqld'], ['my_print_defaults']],
    folders: () => ['/usr/bin', '/usr/sbin', '/usr/libexec'],
    packages: ['mariadb-server-core', 'mariadb-client-core'],
    advice: ADVICE,
  });
  const folder = await dataFolder();
  const empty = [`--datadir=${folder}`, '--auth-root-authentication-method=normal', '--skip-test-db'];
  await run(create, ['--no-defaults', ...empty], await servant(folder));

  const socket = `--socket=${path.join(folder, 'socket')}`;
  const settings = ['--bind-address=127.0.0.1', socket, '--skip-log-bin', '--innodb-buffer-pool-size=16M'];
  const config = (port) => ({ host: '127.0.0.1', port, user: 'root', database: 'test' });
  const server = await startServer({
    command: (port) => [mariadbd, '--no-defaults', `--datadir=${folder}`, `--port=${port}`, ...settings],
    options: await servant(folder),
    signal: 'SIGKILL',
    connect: async (port) => {
      const connection = await mysql.createConnection({ ...config(port), database: undefined });
      await connection.query('CREATE DATABASE IF NOT EXISTS test');
      await connection.end();
    },
  });
  return { ...server, config: config(server.port) };
}

module.exports = { startMariadb, INSTALL_TIMEOUT };
