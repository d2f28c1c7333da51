'use strict';

// Why there is no addon, in words. Read only when that is so: requiring the package is not to pay for it.

const { createRequire } = require('module');
const { optionalDependencies, version } = require('./package.json');

// Made here, so that bundlers do not look for what it loads.
const load = createRequire(__filename);

/** An Error for an application whose addon did not load. `cause` is what the loader says. */
function explain(cause) {
  const platform = nameOf(process);
  const error = new Error(
    `mpauthx ${version} has no binary that runs here: ${platform}, Node ${process.versions.node}.\n${reason(platform)}`,
  );
  error.cause = cause;
  return error;
}

/** As the platform packages are named. */
function nameOf({ platform, arch, report }) {
  if (platform === 'win32') return `win32-${arch}-msvc`;
  if (platform !== 'linux') return `${platform}-${arch}`;
  const isMusl = report && !report.getReport().header.glibcVersionRuntime;
  return `linux-${arch}-${isMusl ? 'musl' : 'gnu'}`;
}

/** The likely cause and the remedy. */
function reason(platform) {
  if (!optionalDependencies) {
    return 'Likely cause: this is the source, and the addon has not been built.\nRemedy: npm install && npm run build';
  }
  const wanted = `mpauthx-${platform}`;
  const names = Object.keys(optionalDependencies);
  if (!names.includes(wanted)) {
    return `Likely cause: no binary is published for this platform. There are: ${names.join(', ')}.\nRemedy: build it from source, with Rust and a C compiler.`;
  }
  const failure = failureOf(wanted);
  if (failure) {
    return `Likely cause: ${wanted} is installed, and the system does not load it: ${failure}\nRemedy: run it on a system that has what is missing (Linux: glibc 2.17, or musl), or reinstall the package if the file is damaged.`;
  }
  const other = names.find(isInstalled);
  if (other) {
    return `Likely cause: ${other} is installed instead of ${wanted}: node_modules or the lock file was made on another platform.\nRemedy: delete node_modules, and install on the platform that runs the application (for a container, inside it). If the lock file does not name ${wanted}, delete that too.`;
  }
  return `Likely cause: ${wanted} is not installed: optional dependencies were left out (--omit=optional, --no-optional, "omit" in .npmrc, NPM_CONFIG_OMIT), or the lock file was made on another platform.\nRemedy: install with optional dependencies. If the lock file does not name ${wanted}, delete node_modules and the lock file first.`;
}

/** What the system says of a package that is there and does not load. */
function failureOf(name) {
  try {
    load(name);
    return undefined;
  } catch (error) {
    return error.code === 'MODULE_NOT_FOUND' ? undefined : error.message;
  }
}

function isInstalled(name) {
  try {
    return Boolean(load.resolve(`${name}/package.json`));
  } catch (_) {
    return false;
  }
}

module.exports = { explain };
