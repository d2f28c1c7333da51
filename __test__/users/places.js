'use strict';

// What calls say of files in places that this process may not use. Run by root it becomes another
// user first. Argument: the files, as JSON; prints one line of JSON.

const { createApp, told } = require('../support');

const NOBODY = 65534;

async function main(files) {
  if (process.getuid() === 0) {
    process.setgid(NOBODY);
    process.setuid(NOBODY);
  }
  const said = {};
  for (const [name, file] of Object.entries(files)) {
    const app = createApp({ db: file, options: { createTable: true } });
    const store = createApp({ tokens: { file } });
    said[name] = await Promise.all([
      app.sessions.issue('o1').catch(told),
      store.health().then(({ tokens }) => tokens.error),
    ]);
  }
  console.log(JSON.stringify(said));
  process.exit();
}

main(JSON.parse(process.argv[2]));
