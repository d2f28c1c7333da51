'use strict';

// The frameworks that guards and routes are tried with, and the versions of Node that each is for.

const MAJOR = Number(process.versions.node.split('.')[0]);

const EXPRESS = ['CALLBACKS', 'ASYNC'];
const NEST = { file: 'nest', idioms: ['GUARDS'], since: 20, form: 'flat' };

/**
 * `file`: its server. `idioms`: the sets of guards there which it takes. `package`: its name among
 * the packages of the tests. `since`: the first version of Node that it runs on. `form`: 'flat'
 * where errors are answered as the framework answers all of them. `parses` and `drains`: whether its
 * server minds X-Parse and X-Drain.
 */
const FRAMEWORKS = {
  'Express 5': { package: 'express', maker: 'express', file: 'express', idioms: [...EXPRESS, 'BARE'], parses: true },
  'Express 4': { package: 'express4', maker: 'express', file: 'express', idioms: EXPRESS, parses: true },
  connect: { package: 'connect', maker: 'connect', file: 'express', idioms: EXPRESS },
  'polka 1': { package: 'polka1', maker: 'polka', file: 'express', idioms: EXPRESS },
  'polka 0.5': { package: 'polka', maker: 'polka', file: 'express', idioms: [] },
  restify: { package: 'restify', maker: 'restify', file: 'express', idioms: ['CALLBACKS', 'RESTIFY'] },
  'Koa 3': { package: 'koa', file: 'koa', idioms: ['AWAITED'], parses: true },
  'Koa 2': { package: 'koa2', file: 'koa', idioms: ['AWAITED'], parses: true },
  'Fastify 5': { package: 'fastify', file: 'fastify', idioms: ['HOOKS'], since: 20, form: 'flat' },
  'Fastify 4': { package: 'fastify4', file: 'fastify', idioms: ['HOOKS'], form: 'flat' },
  'Nest on Express': { ...NEST, maker: { on: 'express' }, drains: false },
  'Nest on Fastify': { ...NEST, maker: { on: 'fastify', isAsync: true }, drains: false },
  Hono: { maker: 'hono', file: 'hono', idioms: ['HONO'], parses: true },
  'Fetch API': { maker: 'web', file: 'hono', idioms: ['FETCH'] },
};

const serverOf = (name) => require(`./servers/${FRAMEWORKS[name].file}`);

/** The guards that people write for a framework: `[name, make]`, in the order of /idiom/<number>. */
function idiomsOf(name) {
  const { idioms } = serverOf(name);
  return FRAMEWORKS[name].idioms.flatMap((set) => Object.entries(idioms[set]));
}

/** Calls `describe` for each framework, and skips those that are not for this version of Node. */
function describeEach(tests) {
  for (const [name, framework] of Object.entries(FRAMEWORKS)) {
    const { since = 0 } = framework;
    if (MAJOR >= since) describe(name, () => tests(name, framework));
    else describe.skip(`${name}, which is for Node ${since} and later`, () => tests(name, framework));
  }
}

module.exports = { FRAMEWORKS, describeEach, idiomsOf, serverOf };
