'use strict';

// The frameworks that guards and routes are tried with, and the versions of Node that each is for.

const [MAJOR, MINOR] = process.versions.node.split('.').map(Number);

/** Why a framework does not run on this Node; false where it does. */
const NO_MODULES =
  (MAJOR < 20 || (MAJOR === 20 && MINOR < 19) || (MAJOR === 22 && MINOR < 12)) &&
  'is made of ES modules and needs Node 20.19 or 22.12';
const BEFORE_20 = MAJOR < 20 && 'is for Node 20 and later';

const EXPRESS = ['CALLBACKS', 'ASYNC'];
const RESTIFY = { maker: 'restify', file: 'express', idioms: ['CALLBACKS', 'RESTIFY'] };
const NEST = { file: 'nest', idioms: ['GUARDS'], lacks: NO_MODULES, form: 'flat', drains: false };

/**
 * `file`: its server. `idioms`: the sets of guards there which it takes. `package`: its name among
 * the packages of the tests. `lacks`: why it does not run here. `form`: 'flat' where errors are
 * answered as the framework answers all of them. `parses` and `drains`: whether its server minds
 * X-Parse and X-Drain.
 */
const FRAMEWORKS = {
  'Express 5': { package: 'express', maker: 'express', file: 'express', idioms: [...EXPRESS, 'BARE'], parses: true },
  'Express 4': { package: 'express4', maker: 'express', file: 'express', idioms: EXPRESS, parses: true },
  connect: { package: 'connect', maker: 'connect', file: 'express', idioms: EXPRESS },
  'polka 1': { package: 'polka1', maker: 'polka', file: 'express', idioms: EXPRESS },
  'polka 0.5': { package: 'polka', maker: 'polka', file: 'express', idioms: [] },
  'restify 12': { ...RESTIFY, package: 'restify', lacks: MAJOR < 22 && 'is for Node 22 and later' },
  'restify 11': { ...RESTIFY, package: 'restify11', lacks: MAJOR >= 24 && 'does not start on Node 24' },
  'Koa 3': { package: 'koa', file: 'koa', idioms: ['AWAITED'], parses: true },
  'Koa 2': { package: 'koa2', file: 'koa', idioms: ['AWAITED'], parses: true },
  'Fastify 5': { package: 'fastify', file: 'fastify', idioms: ['HOOKS'], lacks: BEFORE_20, form: 'flat' },
  'Fastify 4': { package: 'fastify4', file: 'fastify', idioms: ['HOOKS'], form: 'flat' },
  'Nest on Express': { ...NEST, maker: { on: 'express' } },
  'Nest on Fastify': { ...NEST, maker: { on: 'fastify', isAsync: true } },
  Hono: { maker: 'hono', file: 'hono', idioms: ['HONO'], parses: true },
  'Fetch API': { maker: 'web', file: 'hono', idioms: ['FETCH'] },
};

const serverOf = (name) => require(`./servers/${FRAMEWORKS[name].file}`);

/** The guards that people write for a framework: `[name, make]`, by /idiom/<number>. */
function idiomsOf(name) {
  const { idioms } = serverOf(name);
  return FRAMEWORKS[name].idioms.flatMap((set) => Object.entries(idioms[set]));
}

/** Calls `describe` for each framework, and skips those that do not run on this Node. */
function describeEach(tests) {
  for (const [name, framework] of Object.entries(FRAMEWORKS)) {
    if (!framework.lacks) describe(name, () => tests(name, framework));
    else describe.skip(`${name}, which ${framework.lacks}`, () => tests(name, framework));
  }
}

module.exports = { FRAMEWORKS, describeEach, idiomsOf, serverOf };
