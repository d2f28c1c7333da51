// What a binary wants of the system that loads it: never more than is promised.

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { readMachO, readPortableExecutable } from './executables.mjs';
import { binaryOf } from './packages.mjs';
import { FRAMEWORKS, GLIBC, INSTALL_NAME, MACOS } from './targets.mjs';

/** Libraries that every Windows has since 10, and what of C's library comes with it. */
const WINDOWS = /^(kernel32|ntdll|ws2_32|advapi32|bcrypt|bcryptprimitives|crypt32|api-ms-win-[a-z0-9-]+)\.dll$/i;

/** Libraries of every macOS; the last two are what Rust's own library asks for. */
const LIBRARIES = ['libSystem.B', 'libiconv.2', 'libcharset.1'].map((name) => `/usr/lib/${name}.dylib`);

/** What the frameworks, and Node, export. */
const OTHERS = /^_(k?Sec|k?CF|napi_)[A-Za-z0-9_]*$/;

/** In words; throws where it is too much. `python` is where zig was installed. */
export function wantsOf(platform, python) {
  const file = binaryOf(platform);
  if (platform.startsWith('darwin')) return macos(file, platform.split('-')[1], systemSymbols(python));
  return platform.startsWith('win32') ? windows(file) : glibc(file, platform);
}

/** The newest version of glibc that the binary names. */
function glibc(file, platform) {
  const names = readFileSync(file, 'latin1').match(/\bGLIBC_\d+(\.\d+)+/g) ?? [];
  if (platform.endsWith('-musl')) {
    if (names.length > 0) throw new Error(`${platform}: needs ${names[0]}`);
    return 'no glibc';
  }
  const newest = Math.max(...names.map((name) => Number(name.match(/_2\.(\d+)/)[1])));
  const isOld = newest > 0 && newest <= Number(GLIBC.split('.')[1]);
  if (!isOld) throw new Error(`${platform}: needs GLIBC_2.${newest}`);
  return `glibc 2.${newest}`;
}

function windows(file) {
  const { cpu, libraries } = readPortableExecutable(file);
  const others = libraries.filter((library) => !WINDOWS.test(library));
  if (cpu !== 'x64' || others.length > 0) throw new Error(`${file}: for ${cpu}, needs ${others.join(', ')}`);
  return 'Windows 10';
}

function macos(file, arch, known) {
  const { cpu, minimum, name, libraries, isSigned, undefined: names } = readMachO(file);
  const others = names.filter((name) => !known.has(name) && !OTHERS.test(name));
  const isAllowed = (library) =>
    LIBRARIES.includes(library) ||
    FRAMEWORKS.some((each) => library === `/System/Library/Frameworks/${each}.framework/Versions/A/${each}`);
  const wrong = [
    cpu !== arch && `it is for ${cpu}`,
    minimum !== MACOS && `it wants macOS ${minimum}`,
    name !== INSTALL_NAME && `it is called ${name}`,
    arch === 'arm64' && !isSigned && 'it is not signed',
    ...libraries.filter((library) => !isAllowed(library)).map((library) => `it loads ${library}`),
    ...others.map((symbol) => `nobody has ${symbol}`),
  ].filter(Boolean);
  if (wrong.length > 0) throw new Error(`${file}: ${wrong.join(', ')}`);
  return `macOS ${minimum}`;
}

/** What macOS' own library exports, as zig describes it. */
function systemSymbols(python) {
  const [version] = readdirSync(path.join(python, 'lib'));
  const zig = path.join(python, 'lib', version, 'site-packages', 'ziglang', 'lib', 'libc', 'darwin');
  const described = readFileSync(path.join(zig, 'libSystem.tbd'), 'utf8');
  return new Set(described.match(/\b_[A-Za-z0-9_$]+|\bdyld_stub_binder\b/g));
}
