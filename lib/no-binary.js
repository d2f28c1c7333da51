'use strict';

// Says why the addon did not load. The module is read only then, so that requiring the package
// costs nothing.

const fs = require('fs');
const { createRequire } = require('module');
const path = require('path');
const { optionalDependencies, version } = require('../package.json');

/** The package's folder, into which a build of the source puts its binary. */
const ROOT = path.join(__dirname, '..');

// Bundlers do not follow a `require` that is made here.
const load = createRequire(__filename);

/** An Error for an application whose addon did not load. `cause` is the loader's own error. */
function explain(cause) {
  const platform = nameOf(process);
  const error = new Error(
    `mpauthx ${version} has no binary that runs here: ${platform}, Node ${process.versions.node}.\n${reason(platform, cause)}`,
  );
  error.cause = cause;
  return error;
}

/** The name of this platform, as its package has it. */
function nameOf({ platform, arch, report }) {
  if (platform === 'win32') return `win32-${arch}-msvc`;
  if (platform !== 'linux') return `${platform}-${arch}`;
  const isMusl = report && !report.getReport().header.glibcVersionRuntime;
  return `linux-${arch}-${isMusl ? 'musl' : 'gnu'}${arch === 'arm' ? 'eabihf' : ''}`;
}

/** States the likely cause and the remedy. */
function reason(platform, cause) {
  const forbidden = addonsForbidden() || readingForbidden(platform, cause);
  if (forbidden) return forbidden;
  if (process.env.NAPI_RS_NATIVE_LIBRARY_PATH) {
    return `Likely cause: NAPI_RS_NATIVE_LIBRARY_PATH names a binary that does not load: ${saidBy(cause)}\nRemedy: correct the variable, or unset it.`;
  }
  return optionalDependencies ? reasonInPackage(platform, cause) : reasonInSource(platform, cause);
}

/** The reason where Node loads no addon at all; undefined where it does. */
function addonsForbidden() {
  try {
    process.dlopen({ exports: {} }, path.join(ROOT, 'no-such-addon.node'));
  } catch (error) {
    if (error.code !== 'ERR_DLOPEN_DISABLED') return undefined;
  }
  if (process.permission) {
    return "Likely cause: Node runs with its permission model (--permission, --experimental-permission), which loads no addons.\nRemedy: start it with --allow-addons as well. An addon is not bound by the model's other limits.";
  }
  return 'Likely cause: Node runs with --no-addons (on its command line, in NODE_OPTIONS, or in the execArgv of a worker thread).\nRemedy: start it without that flag.';
}

/** The reason where Node's permission model hides the binary; undefined where it does not. */
function readingForbidden(platform, cause) {
  if (!process.permission || !/Access to this API has been restricted/.test(saidBy(cause))) return undefined;
  return `Likely cause: Node runs with its permission model (--permission, --experimental-permission), which does not let it read mpauthx.${platform}.node.\nRemedy: allow it with --allow-fs-read, for the folder node_modules or for the two packages mpauthx and mpauthx-${platform}.`;
}

function reasonInSource(platform, cause) {
  const wanted = `mpauthx.${platform}.node`;
  const built = fs.readdirSync(ROOT).filter((name) => /^mpauthx\..*\.node$/.test(name));
  // The loader's own errors have no code. An error with one means that the loader is missing, which
  // a build makes as well.
  if (built.length === 0 || cause.code === 'MODULE_NOT_FOUND') {
    return 'Likely cause: this is the source, and the addon has not been built.\nRemedy: npm install && npm run build';
  }
  if (!built.includes(wanted)) {
    return `Likely cause: this is the source, built for another platform: ${built[0]} is there, ${wanted} is not.\nRemedy: npm install && npm run build, on the platform that runs the application (for a container, inside it).`;
  }
  const failure = failureOf(path.join(ROOT, wanted));
  if (failure) {
    return `Likely cause: ${wanted} is there, and the system does not load it: ${failure.message}\nRemedy: npm install && npm run build, on the system that runs the application.`;
  }
  return refused(wanted, cause);
}

function reasonInPackage(platform, cause) {
  const wanted = `mpauthx-${platform}`;
  const names = Object.keys(optionalDependencies);
  if (!names.includes(wanted)) {
    return `Likely cause: no binary is published for this platform. There are: ${names.join(', ')}.\nRemedy: build it on this platform, with Rust 1.89, a C compiler and Node 20, each or later: npm install && npm run build in a clone of the repository, then npm install <path of the clone> in the application. docs/troubleshooting.md says more.`;
  }
  if (isInstalled(wanted)) return reasonOfInstalled(platform, cause);
  const other = names.find(isInstalled);
  if (other) {
    return `Likely cause: ${other} is installed instead of ${wanted}: node_modules or the lock file was made on another platform.\nRemedy: delete node_modules, and install on the platform that runs the application (for a container, inside it). If the lock file does not name ${wanted}, delete that too.`;
  }
  return `Likely cause: ${wanted} is not installed: optional dependencies were left out (--omit=optional, --no-optional, "omit" in .npmrc, NPM_CONFIG_OMIT), or the lock file was made on another platform.\nRemedy: install with optional dependencies. If the lock file does not name ${wanted}, delete node_modules and the lock file first.`;
}

/** The reason where the right package is installed and does not load. */
function reasonOfInstalled(platform, cause) {
  const wanted = `mpauthx-${platform}`;
  const failure = failureOf(wanted);
  if (!failure) return refused(wanted, cause);
  if (failure.code === 'MODULE_NOT_FOUND') {
    return `Likely cause: ${wanted} is installed, but mpauthx.${platform}.node is not in it: files were left out or removed (a copy, a bundler, an ignore file).\nRemedy: reinstall it: delete node_modules, and install again.`;
  }
  return `Likely cause: ${wanted} is installed, and the system does not load it: ${failure.message}\nRemedy: run it on a system that has what is missing (Linux: glibc 2.17, or musl), or reinstall the package if the file is damaged.`;
}

/** The reason where the binary works and the loader refuses it. */
function refused(wanted, cause) {
  return `Likely cause: ${wanted} loads, but the loader does not take it: ${saidBy(cause)}\nRemedy: unset the environment variables that begin with NAPI_RS_, or reinstall the package.`;
}

/** The error when a binary is loaded without the loader; undefined where there is none. */
function failureOf(name) {
  try {
    load(name);
    return undefined;
  } catch (error) {
    return error;
  }
}

/**
 * The first line of each error that the loader met, the newest last. Lines about WebAssembly, which
 * we do not publish, and the loader's own advice are left out.
 */
function saidBy(cause) {
  const said = [];
  for (let each = cause; each; each = each.cause) said.unshift(String(each.message).split('\n')[0]);
  return said.filter((line) => !/^Cannot find (native binding|module '.*wasi)/.test(line)).join('; ');
}

function isInstalled(name) {
  try {
    return Boolean(load.resolve(`${name}/package.json`));
  } catch (_) {
    return false;
  }
}

module.exports = { explain, nameOf };
