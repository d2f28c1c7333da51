// How the binary of each platform is compiled: Rust's target, what the linker wants besides, and
// which file comes of it.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** CentOS 7's, and what Node 14 wants at least. */
export const GLIBC = '2.17';

/** The first macOS on arm64. */
export const MACOS = '11.0';

/** `environment(folder)` gives what the compilation finds in its environment. */
export const TARGETS = {
  'linux-x64-gnu': { target: 'x86_64-unknown-linux-gnu', version: GLIBC, library: 'libmpauthx.so' },
  'linux-arm64-gnu': { target: 'aarch64-unknown-linux-gnu', version: GLIBC, library: 'libmpauthx.so' },
  'linux-x64-musl': { target: 'x86_64-unknown-linux-musl', library: 'libmpauthx.so', environment: musl },
  'linux-arm64-musl': { target: 'aarch64-unknown-linux-musl', library: 'libmpauthx.so', environment: musl },
  // Node loads what exports the same C functions, whichever compiler made it.
  'win32-x64-msvc': { target: 'x86_64-pc-windows-gnu', library: 'mpauthx.dll', environment: windows },
  'darwin-arm64': { target: 'aarch64-apple-darwin', library: 'libmpauthx.dylib', environment: macos },
  'darwin-x64': { target: 'x86_64-apple-darwin', library: 'libmpauthx.dylib', environment: macos },
};

/** The addon is loaded by a Node that is linked to musl's libc.so. */
function musl() {
  return { RUSTFLAGS: '-C target-feature=-crt-static' };
}

/**
 * Archives that the linker asks for and nothing is needed of: napi's build script names Node's
 * library, Rust's library those of a compiler that is not there.
 */
function windows(folder) {
  const libraries = path.join(folder, 'windows');
  mkdirSync(libraries, { recursive: true });
  writeFileSync(path.join(libraries, 'libnode.dll'), '');
  for (const name of ['libnode.a', 'libnode.dll.a', 'libssp.a', 'libssp_nonshared.a']) {
    writeFileSync(path.join(libraries, name), '!<arch>\n');
  }
  // Else the linker exports all functions there are, and without LTO there are too many of them.
  const exports = path.join(libraries, 'exports.def');
  writeFileSync(exports, 'EXPORTS\n  napi_register_module_v1\n');
  return { LIBNODE_PATH: libraries, RUSTFLAGS: `-C link-arg=${exports}` };
}

/** What the library is called in those that would be linked to it. Node loads it by its path. */
export const INSTALL_NAME = '@rpath/mpauthx.node';

/**
 * The two frameworks of macOS' that the addon may use; what they hold is looked up when it runs.
 */
export const FRAMEWORKS = ['Security', 'CoreFoundation'];

/**
 * What macOS brings is looked up when the addon is loaded. The linker wants descriptions of the
 * frameworks all the same, and rustc a program that strips, which would spoil the signature.
 */
function macos(folder) {
  const home = path.join(folder, 'macos');
  for (const name of FRAMEWORKS) {
    const framework = path.join(home, `${name}.framework`);
    mkdirSync(framework, { recursive: true });
    writeFileSync(path.join(framework, `${name}.tbd`), description(name));
  }
  const stripper = path.join(home, 'rust-objcopy');
  writeFileSync(stripper, '#!/bin/sh\n');
  chmodSync(stripper, 0o755);
  const linked = ['-undefined', 'dynamic_lookup', '-F', home, '-Wl,-S', '-Wl,-x', `-Wl,-install_name,${INSTALL_NAME}`];
  return {
    MACOSX_DEPLOYMENT_TARGET: MACOS,
    PATH: `${home}${path.delimiter}${process.env.PATH}`,
    RUSTFLAGS: linked.map((argument) => `-C link-arg=${argument}`).join(' '),
  };
}

/** Of a framework, as Apple's linker reads it. */
function description(name) {
  return `--- !tapi-tbd
tbd-version: 4
targets: [ x86_64-macos, arm64-macos ]
install-name: '/System/Library/Frameworks/${name}.framework/Versions/A/${name}'
...
`;
}
