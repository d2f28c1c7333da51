'use strict';

const EXPORT = {
  en: 'Export what createAuth returns or takes, as the default or by any name; or a list of the arguments of mpauthx.',
  zh: '请导出 createAuth 的返回值或参数（默认导出或任意名称均可），或由 mpauthx 各参数组成的数组。',
};

module.exports = {
  'config.none': {
    is: 'note',
    en: [
      'no configuration: the stores and WeChat are not looked at',
      'Name the module that makes your auth: --config auth.js',
    ],
    zh: ['没有配置：不检查存储和微信', '请指定创建 auth 的模块：--config auth.js'],
  },
  'config.missing': {
    is: 'error',
    en: ['there is no file {file}', 'Correct --config; a relative path begins in the current folder.'],
    zh: ['没有文件 {file}', '请改正 --config；相对路径从当前目录开始。'],
  },
  'config.throws': {
    is: 'error',
    en: [
      '{file} throws: {cause}',
      'Set what it needs (environment variables, for example from .env) as for the server.',
    ],
    zh: ['{file} 抛出异常：{cause}', '请像运行服务器时一样设置它需要的内容（例如 .env 中的环境变量）。'],
  },
  'config.unreadable': {
    is: 'error',
    en: ['{file} cannot be loaded: {cause}', 'Correct it, so that Node runs it as it is; compile TypeScript first.'],
    zh: ['无法加载 {file}：{cause}', '请改正它，使 Node 能直接运行；TypeScript 需先编译。'],
  },
  'config.blocks': {
    is: 'error',
    en: [
      'the configuration has blocked the process for {seconds} s',
      'Look for a loop without an end, or for work that waits without await.',
    ],
    zh: ['配置模块使进程阻塞了 {seconds} 秒', '请检查是否有死循环，或同步等待的操作。'],
  },
  'config.export': {
    is: 'note',
    en: ['what follows is of {name}, one of several that {file} exports'],
    zh: ['以下是 {file} 的多个导出之一 {name} 的检查结果'],
  },
  'config.function': {
    is: 'error',
    en: ['{file} exports a function', `The doctor does not call it. ${EXPORT.en}`],
    zh: ['{file} 导出的是函数', `doctor 不会调用它。${EXPORT.zh}`],
  },
  'config.late': {
    is: 'error',
    en: [
      'the configuration was not there within {seconds} s',
      'Let the module export its auth without waiting for other servers.',
    ],
    zh: ['{seconds} 秒内没有得到配置', '请让该模块直接导出 auth，不要等待其他服务器。'],
  },
  'config.exits': {
    is: 'error',
    en: ['the configuration has ended the process', 'Let the module only make and export the auth.'],
    zh: ['配置模块结束了进程', '请让该模块只创建并导出 auth。'],
  },
  'config.threw-later': {
    is: 'error',
    en: [
      'an error that nobody has caught: {cause}',
      'It comes from the configuration, or from what it loads, and would end the server too.',
    ],
    zh: ['未捕获的错误：{cause}', '它来自配置模块或其加载的代码，同样会使服务器退出。'],
  },
  'config.nothing': {
    is: 'error',
    en: ['{file} exports nothing to look at', EXPORT.en],
    zh: ['{file} 没有导出可检查的内容', EXPORT.zh],
  },
  'config.other-copy': {
    is: 'error',
    en: [
      '{file} exports an auth that this mpauthx has not made: another copy of the package has, or it is a copy of the object',
      'Export the object itself, run npx mpauthx doctor in the folder of the application, and see npm ls mpauthx.',
    ],
    zh: [
      '{file} 导出的 auth 不是由这一份 mpauthx 创建的：它来自另一份 mpauthx，或只是该对象的副本',
      '请导出对象本身，在应用目录中运行 npx mpauthx doctor，并查看 npm ls mpauthx。',
    ],
  },
  'look.late': {
    is: 'error',
    en: [
      'the look at {section} was not over within {seconds} s',
      'See what does not answer: a server, or the object that is passed as db.',
    ],
    zh: ['对 {section} 的检查在 {seconds} 秒内没有完成', '请检查是什么没有响应：服务器，或作为 db 传入的对象。'],
  },
  'look.failed': {
    is: 'error',
    en: [
      'the look at {section} failed: {cause}',
      'If this is no fault of the configuration, it is one of mpauthx: please report it.',
    ],
    zh: ['对 {section} 的检查失败：{cause}', '如果不是配置的问题，那就是 mpauthx 的缺陷，请反馈。'],
  },
  'options.create-auth': { is: 'ok', en: ['createAuth, sku {sku}'], zh: ['createAuth，sku 为 {sku}'] },
  'options.mpauthx': {
    is: 'ok',
    en: ['mpauthx(…) as in 1.3.2, sku {sku}'],
    zh: ['与 1.3.2 相同的 mpauthx(…)，sku 为 {sku}'],
  },
  'options.refused': {
    is: 'error',
    en: ['{cause}', 'Correct this option, or the environment variable that it comes from.'],
    zh: ['{cause}', '请改正该选项，或它所来自的环境变量。'],
  },
  'options.sku-empty': {
    is: 'error',
    en: [
      'sku is empty: it stands in every token, and a guard of ours lets none in',
      "Name the application, such as 'shop'. Users who hold such tokens log in again.",
    ],
    zh: [
      'sku 为空：它会写入每个令牌，且守卫会拒绝这些令牌',
      "请为应用命名，例如 'shop'。持有这类令牌的用户需要重新登录。",
    ],
  },
  'options.sku-undefined': {
    is: 'error',
    en: [
      "sku is the text '{sku}': a variable was not set when the auth was made",
      "Set it, such as to 'shop'. Users who hold such tokens log in again.",
    ],
    zh: ["sku 是文本 '{sku}'：创建 auth 时某个变量没有设置", "请设置它，例如 'shop'。持有这类令牌的用户需要重新登录。"],
  },
  'options.sku-bar': {
    is: 'error',
    en: [
      'sku {sku} holds a vertical bar, which separates the parts of a token',
      'Choose one without. Users who hold such tokens log in again.',
    ],
    zh: ['sku {sku} 含有竖线，而竖线用于分隔令牌的各部分', '请换成不含竖线的 sku。持有这类令牌的用户需要重新登录。'],
  },
  'options.sku-odd': {
    is: 'warning',
    en: [
      'sku {sku} is not 1 to 64 printable ASCII characters without space: headers and createAuth do not take it',
      'Choose such a one before clients depend on it.',
    ],
    zh: [
      'sku {sku} 不是 1 至 64 个不含空格的可打印 ASCII 字符：请求头和 createAuth 不接受它',
      '请在客户端依赖它之前更换。',
    ],
  },
  'options.each-without-max': {
    is: 'warning',
    en: [
      "sessions: { mode: 'each' } without max: a user's logins are never too many",
      'Set max, such as 10: older logins then end.',
    ],
    zh: ["sessions: { mode: 'each' } 没有 max：同一用户的登录数没有上限", '请设置 max，例如 10：更早的登录随之结束。'],
  },
  'options.memory': {
    is: 'warning',
    en: [
      'tokens are in memory: they end with the process, and no other process knows them',
      'For production name a redis or a file.',
    ],
    zh: ['令牌保存在内存中：进程结束即失效，其他进程也看不到', '生产环境请指定 redis 或文件。'],
  },
  'options.no-app-id': {
    is: 'error',
    en: ['there is no appId: nobody can log in by code', 'Pass it; an environment variable may be missing.'],
    zh: ['没有 appId：无法用 code 登录', '请传入；可能缺少环境变量。'],
  },
  'options.no-secret': {
    is: 'error',
    en: ['there is no app secret: nobody can log in by code', 'Pass it; an environment variable may be missing.'],
    zh: ['没有 AppSecret：无法用 code 登录', '请传入；可能缺少环境变量。'],
  },
  'options.odd-app-id': {
    is: 'warning',
    en: [
      'appId {appId} is not wx and 16 hex digits, as those of WeChat are',
      'Compare it with the console of WeChat: appId comes before the secret.',
    ],
    zh: ['appId {appId} 不是微信的格式（wx 加 16 位十六进制数字）', '请与微信后台核对：appId 在 secret 之前。'],
  },
  'options.odd-secret': {
    is: 'warning',
    en: [
      'the app secret is not 32 hex digits, as those of WeChat are',
      'Compare it with the console of WeChat; a quote or a line break may have come along.',
    ],
    zh: ['AppSecret 不是微信的格式（32 位十六进制数字）', '请与微信后台核对；可能混入了引号或换行。'],
  },
};
