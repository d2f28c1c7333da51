// `npm run mutants:pure [-- option …]`: lets cargo-mutants, which it installs, change each function
// of the pure modules in every way that it knows, and shows which changes the unit tests do not
// see. Options are those of `cargo mutants`, such as `--re token.rs` or `--list`.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { hostTarget, main, root, step } from './run.mjs';

const VERSION = '27.1.0';

const tools = path.join(root, 'target', 'tools');
const program = path.join(tools, 'bin', 'cargo-mutants');

main(async () => {
  if (!existsSync(program)) {
    const args = ['install', 'cargo-mutants', '--locked', '--version', VERSION, '--root', tools];
    await step({ title: 'cargo install cargo-mutants', command: 'cargo', args });
  }
  const config = path.join(root, 'scripts', 'mutants', 'cargo-mutants.toml');
  // Between one change and the next little is to be compiled again.
  const env = { CARGO_INCREMENTAL: '1' };
  const target = `--cargo-arg=${hostTarget().join('=')}`;
  const output = path.join(root, 'target');
  const args = ['mutants', '--config', config, '--output', output, target, ...process.argv.slice(2)];
  await step({ title: 'cargo mutants', command: program, args, env });
});
