'use strict';

// The command line. By hand: Node 14 has no `util.parseArgs`, and there are two options.

/** What the arguments ask for: { command, config?, json, lacksFile, wrong? }. */
function parse(args) {
  const given = { command: undefined, config: undefined, json: false, lacksFile: false, wrong: undefined };
  const rest = [...args];
  while (rest.length > 0) {
    const arg = rest.shift();
    if (arg === '--json') given.json = true;
    else if (arg === '--config') given.config = rest.shift() || '';
    else if (arg.startsWith('--config=')) given.config = arg.slice('--config='.length);
    else if (arg === '--help' || arg === '-h') return { ...given, command: 'help' };
    else if (arg === '--version' || arg === '-v') return { ...given, command: 'version' };
    else if (arg === 'doctor' && given.command === undefined) given.command = arg;
    else if (given.wrong === undefined) given.wrong = arg;
  }
  given.lacksFile = given.config === ''; // a variable of the shell that is not set
  return given.command === undefined && given.wrong === undefined ? { ...given, command: 'help' } : given;
}

module.exports = { parse };
