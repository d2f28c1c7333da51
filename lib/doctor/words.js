'use strict';

// The doctor's words, in both languages. Each code has its status here, so that it means the same
// wherever it is told.

const CODES = {
  ...require('./words/package.js'),
  ...require('./words/options.js'),
  ...require('./words/redis.js'),
  ...require('./words/files.js'),
  ...require('./words/wechat.js'),
};

const PHRASES = {
  en: {
    marks: { ok: 'ok   ', note: 'note ', warning: 'warn ', error: 'error' },
    sections: {
      package: 'Package',
      config: 'Configuration',
      look: 'Configuration',
      options: 'Options',
      redis: 'Redis',
      tokens: 'Tokens',
      users: 'Users',
      wechat: 'WeChat',
    },
    sum: (errors, warnings) => `${errors} to mend, ${warnings} to know of`,
    wrong: (argument) => `mpauthx: what is ${argument}?`,
    lacksFile: 'mpauthx: --config needs a file',
    usage: `npx mpauthx doctor [--config auth.js] [--json]

Looks at how mpauthx is installed and set up, and says what to do.
  --config  a module that exports what createAuth returns or takes (or a list
            of the arguments of mpauthx); else mpauthx.config.js, .cjs or .mjs
  --json    prints JSON
Exits with 1 where something has to be mended, else with 0.`,
  },
  zh: {
    marks: { ok: '正常', note: '说明', warning: '警告', error: '错误' },
    sections: {
      package: '安装',
      config: '配置',
      look: '配置',
      options: '选项',
      redis: 'Redis',
      tokens: '令牌',
      users: '用户',
      wechat: '微信',
    },
    sum: (errors, warnings) => `${errors} 处需要修复，${warnings} 处需要留意`,
    wrong: (argument) => `mpauthx：无法识别 ${argument}`,
    lacksFile: 'mpauthx：--config 需要一个文件',
    usage: `npx mpauthx doctor [--config auth.js] [--json]

检查 mpauthx 的安装与配置，并给出处理办法。
  --config  一个模块，导出 createAuth 的返回值或参数（或由 mpauthx 各参数
            组成的数组）；默认读取 mpauthx.config.js、.cjs 或 .mjs
  --json    输出 JSON
有需要修复的问题时退出码为 1，否则为 0。`,
  },
};

/** The language of the terminal. */
function languageOf({ LC_ALL, LC_MESSAGES, LANG }) {
  return /^zh/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? 'zh' : 'en';
}

function wordsOf(language) {
  const { marks, sections, sum, wrong, lacksFile, usage } = PHRASES[language];
  return {
    usage,
    wrong,
    lacksFile,
    sum,
    mark: (status) => marks[status],
    section: (name) => sections[name],
    of(code, values) {
      const { is: status, [language]: texts } = CODES[code];
      const [text, advice] = texts.map((template) => filled(template, values));
      return { section: code.split('.')[0], status, text, advice };
    },
  };
}

/** The template with its `{name}`s filled in. */
function filled(template, values) {
  return template.replace(/\{(\w+)\}/g, (_, name) => {
    const value = values[name];
    return Array.isArray(value) ? value.join(', ') : String(value);
  });
}

module.exports = { CODES, languageOf, wordsOf };
