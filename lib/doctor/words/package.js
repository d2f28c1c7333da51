'use strict';

module.exports = {
  'package.node': { is: 'ok', en: ['Node {node}'], zh: ['Node {node}'] },
  'package.old-node': {
    is: 'error',
    en: ['Node {node} has no Node-API 8', 'Install Node 14.18 or later.'],
    zh: ['Node {node} 不支持 Node-API 8', '请安装 Node 14.18 或更新的版本。'],
  },
  'package.platform': { is: 'ok', en: ['platform {platform}'], zh: ['平台 {platform}'] },
  'package.glibc': { is: 'ok', en: ['platform {platform}, glibc {glibc}'], zh: ['平台 {platform}，glibc {glibc}'] },
  'package.old-glibc': {
    is: 'error',
    en: ['glibc {glibc} is too old for the binary', 'Use a system with glibc 2.17 or later, or an image of Alpine.'],
    zh: ['glibc {glibc} 过旧，无法加载二进制文件', '请使用 glibc 2.17 或更新的系统，或 Alpine 镜像。'],
  },
  'package.binary': {
    is: 'ok',
    en: ['the binary for {platform} loads'],
    zh: ['{platform} 的二进制文件可以加载'],
  },
  'package.no-binary': {
    is: 'error',
    en: ['no binary loads: {cause}', '{remedy}'],
    zh: ['无法加载二进制文件：{cause}', '{remedy}'],
  },
  'package.ca': {
    is: 'ok',
    en: ['NODE_EXTRA_CA_CERTS: {file} is trusted too'],
    zh: ['NODE_EXTRA_CA_CERTS：同时信任 {file}'],
  },
  'package.ca-empty': {
    is: 'error',
    en: [
      'NODE_EXTRA_CA_CERTS: {file} holds no certificate in PEM',
      'Convert it: openssl x509 -inform der -in … -out ….pem',
    ],
    zh: ['NODE_EXTRA_CA_CERTS：{file} 中没有 PEM 格式的证书', '请转换格式：openssl x509 -inform der -in … -out ….pem'],
  },
  'package.ca-unreadable': {
    is: 'error',
    en: [
      'NODE_EXTRA_CA_CERTS: {file} cannot be read ({cause})',
      'Correct the variable, or let this user read the file.',
    ],
    zh: ['NODE_EXTRA_CA_CERTS：无法读取 {file}（{cause}）', '请改正该环境变量，或允许当前用户读取该文件。'],
  },
  'package.lock': {
    is: 'ok',
    en: ['{file} names the binaries of all platforms'],
    zh: ['{file} 包含所有平台的二进制包'],
  },
  'package.lock-unreadable': {
    is: 'warning',
    en: ['{file} cannot be read', 'Repair it, for example after a merge, and install again.'],
    zh: ['无法读取 {file}', '请修复该文件（例如合并冲突），然后重新安装。'],
  },
  'package.lock-lacks': {
    is: 'warning',
    en: [
      '{file} lacks {missing}: a deployment there gets no binary',
      'Delete node_modules and {file}, and install again with optional dependencies.',
    ],
    zh: [
      '{file} 中缺少 {missing}：部署到这些平台时不会安装二进制文件',
      '请删除 node_modules 和 {file}，并连同可选依赖重新安装。',
    ],
  },
  'package.lock-lacks-this': {
    is: 'error',
    en: [
      '{file} lacks {missing}: an install by it gets no binary here',
      'Delete node_modules and {file}, and install again with optional dependencies.',
    ],
    zh: [
      '{file} 中缺少 {missing}：按它安装时，本机得不到二进制文件',
      '请删除 node_modules 和 {file}，并连同可选依赖重新安装。',
    ],
  },
};
