'use strict';

const NAMES = {
  tokens: { en: 'the token file', zh: '令牌文件' },
  users: { en: 'the user table', zh: '用户表' },
};

/** What is said of both files. */
function ofFile(section, { en, zh }) {
  return {
    [`${section}.file`]: {
      is: 'ok',
      en: [`${en} {file} is there, readable and writable`],
      zh: [`${zh} {file} 存在，且可读写`],
    },
    [`${section}.no-folder`]: {
      is: 'error',
      en: [
        `${en} {file}: the folder {folder} does not exist`,
        'Create it, or correct the path: a relative one begins in the folder that the process starts in.',
      ],
      zh: [`${zh} {file}：目录 {folder} 不存在`, '请创建它或改正路径：相对路径从进程启动的目录开始。'],
    },
    [`${section}.missing`]: {
      is: 'error',
      en: [`${en} {file} does not exist`, 'Create it, correct the path, or pass createTable: true.'],
      zh: [`${zh} {file} 不存在`, '请创建它、改正路径，或传入 createTable: true。'],
    },
    [`${section}.will-be-made`]: {
      is: 'note',
      en: [`${en} {file} does not exist yet: the first call makes it`],
      zh: [`${zh} {file} 尚不存在：第一次调用时创建`],
    },
    [`${section}.empty`]: {
      is: 'note',
      en: [`${en} {file} is empty: the first call makes its tables, the user table with createTable: true`],
      zh: [`${zh} {file} 是空文件：第一次调用时建表（用户表需要 createTable: true）`],
    },
    [`${section}.no-file`]: {
      is: 'error',
      en: [
        `${en} {file} is no file`,
        'Name a file; a container may have made a folder of that name for a missing volume.',
      ],
      zh: [`${zh} {file} 不是文件`, '请指定文件；容器可能因卷不存在而建立了同名目录。'],
    },
    [`${section}.rights`]: {
      is: 'error',
      en: [
        `${en} {file} is not this user's to read and write ({who})`,
        'Give the file and its folder to the user that the server runs as: chown, chmod 600.',
      ],
      zh: [`当前用户（{who}）无权读写${zh} {file}`, '请把文件及其目录交给运行服务器的用户：chown、chmod 600。'],
    },
    [`${section}.folder-rights`]: {
      is: 'error',
      en: [
        `${en} {file}: this user may not write to the folder {folder} ({who})`,
        'SQLite keeps other files beside it: chown the folder, and mount it as a whole, not the file alone.',
      ],
      zh: [
        `${zh} {file}：当前用户（{who}）不能写入目录 {folder}`,
        'SQLite 会在旁边保存其他文件：请 chown 该目录，并挂载整个目录而不是单个文件。',
      ],
    },
    [`${section}.no-database`]: {
      is: 'error',
      en: [`${en} {file} is no SQLite database`, 'Correct the path, or restore the file from a backup.'],
      zh: [`${zh} {file} 不是 SQLite 数据库`, '请改正路径，或从备份恢复该文件。'],
    },
    [`${section}.network`]: {
      is: 'error',
      en: [
        `${en} {file} is on a network file system ({kind}), where the locks of SQLite do not hold`,
        "Put it on the machine's own disk, or keep tokens in redis and users in a database server.",
      ],
      zh: [
        `${zh} {file} 位于网络文件系统（{kind}）上，SQLite 的锁在那里不可靠`,
        '请放到本机磁盘上，或把令牌存到 redis、用户存到数据库服务器。',
      ],
    },
  };
}

module.exports = {
  ...ofFile('tokens', NAMES.tokens),
  ...ofFile('users', NAMES.users),
  'tokens.readable': {
    is: 'warning',
    en: ['everybody on this machine may read {file}, and so act as any user', 'chmod 600 it, and the files beside it.'],
    zh: ['本机任何人都能读取 {file}，从而冒充任意用户', '请对它及其旁边的文件执行 chmod 600。'],
  },
  'tokens.answers': { is: 'ok', en: ['the token store answers'], zh: ['令牌存储有响应'] },
  'tokens.fails': {
    is: 'error',
    en: ['the token store does not answer: {cause}', 'Mend what it says; until then nobody is let in.'],
    zh: ['令牌存储没有响应：{cause}', '请修复它所说的问题；在此之前无人能够登录。'],
  },
  'users.answers': { is: 'ok', en: ['the users can be asked ({kind})'], zh: ['用户存储有响应（{kind}）'] },
  'users.no-table': {
    is: 'error',
    en: ['{file} has no user table: {cause}', 'Create the table as docs/users.md has it, or pass createTable: true.'],
    zh: ['{file} 中没有用户表：{cause}', '请按 docs/users.zh-CN.md 建表，或传入 createTable: true。'],
  },
  'users.no-column': {
    is: 'error',
    en: ['the user table of {file} lacks a column: {cause}', 'Compare it with docs/users.md.'],
    zh: ['{file} 的用户表缺少列：{cause}', '请与 docs/users.zh-CN.md 对照。'],
  },
  'users.table-will-be-made': {
    is: 'note',
    en: ['there is no user table yet: the first call makes it'],
    zh: ['用户表尚不存在：第一次调用时创建'],
  },
  'users.fails': {
    is: 'error',
    en: ['the users cannot be asked: {cause}', 'Mend what it says; until then nobody can log in.'],
    zh: ['用户存储没有响应：{cause}', '请修复它所说的问题；在此之前无法登录。'],
  },
  'users.nobody': {
    is: 'warning',
    en: ['there is no db: authorize and login reject', 'Pass a user table as db, or use createAuth.'],
    zh: ['没有 db：authorize 和 login 会失败', '请传入用户表作为 db，或使用 createAuth。'],
  },
  'users.resolver': {
    is: 'ok',
    en: ['resolveUser says who a user is; it is not called here'],
    zh: ['由 resolveUser 决定用户；此处不调用'],
  },
  'users.open-ids': { is: 'ok', en: ["a user's id is the openid"], zh: ['用户 id 就是 openid'] },
};
