'use strict';

module.exports = {
  'redis.reached': { is: 'ok', en: ['{address} answers in {ms} ms'], zh: ['{address} 在 {ms} 毫秒内响应'] },
  'redis.unreachable': {
    is: 'error',
    en: [
      '{address}: {cause}',
      'Start it, or correct the address; see that firewall and security group let this server in.',
    ],
    zh: ['{address}：{cause}', '请启动它或改正地址；并确认防火墙和安全组允许本服务器访问。'],
  },
  'redis.silent': {
    is: 'error',
    en: [
      '{address}: {cause}',
      'See whether it is frozen or overloaded, whether packets are lost on the way, and with rediss:// whether it speaks TLS.',
    ],
    zh: ['{address}：{cause}', '请检查它是否卡死或过载，网络是否丢包；使用 rediss:// 时，确认它支持 TLS。'],
  },
  'redis.no-redis': {
    is: 'error',
    en: ['{address} is no redis: what listens there says "{said}"', 'Correct the host and the port.'],
    zh: ['{address} 不是 redis：监听者回复 "{said}"', '请改正主机和端口。'],
  },
  'redis.speaks-tls': {
    is: 'error',
    en: ['{address} speaks TLS', 'Write rediss:// in place of redis://.'],
    zh: ['{address} 使用 TLS', '请把 redis:// 改为 rediss://。'],
  },
  'redis.certificate': {
    is: 'error',
    en: ['{address}: {cause}', 'Give tokens.tls.ca, and use the name that the certificate holds.'],
    zh: ['{address}：{cause}', '请设置 tokens.tls.ca，并使用证书中的主机名。'],
  },
  'redis.password': {
    is: 'error',
    en: [
      '{address} refuses the user or the password',
      'Correct redisPass, or what the URL has; percent-encode special characters there.',
    ],
    zh: ['{address} 拒绝了用户名或密码', '请改正 redisPass 或 URL 中的内容；URL 中的特殊字符需要百分号编码。'],
  },
  'redis.no-password': {
    is: 'error',
    en: ['{address} asks for a password', 'Pass redisPass, or a URL with a password.'],
    zh: ['{address} 要求密码', '请传入 redisPass，或带密码的 URL。'],
  },
  'redis.no-rights': {
    is: 'error',
    en: [
      '{address}: {cause}',
      'Give the user the rights that docs/redis.md lists; +select for a database other than 0.',
    ],
    zh: ['{address}：{cause}', '请授予该用户 docs/redis.md 列出的权限；使用 0 以外的数据库需要 +select。'],
  },
  'redis.loading': {
    is: 'error',
    en: ['{address} is loading its data', 'Wait until it is done.'],
    zh: ['{address} 正在加载数据', '请等待加载完成。'],
  },
  'redis.no-master': {
    is: 'error',
    en: [
      '{address}: {cause}',
      'Compare tokens.master with SENTINEL MASTERS; the master must be reachable from here under the address that Sentinels tell.',
    ],
    zh: [
      '{address}：{cause}',
      '请将 tokens.master 与 SENTINEL MASTERS 对照；并确认从本机可以访问 Sentinel 给出的主节点地址。',
    ],
  },
  'redis.cluster-down': {
    is: 'error',
    en: [
      '{address}: a part of the Cluster has no master: {cause}',
      'See CLUSTER INFO and CLUSTER NODES, and repair it.',
    ],
    zh: ['{address}：Cluster 有一部分没有主节点：{cause}', '请查看 CLUSTER INFO 和 CLUSTER NODES 并修复。'],
  },
  'redis.failed': {
    is: 'error',
    en: ['{address}: {cause}', 'See docs/redis.md, "What happens in a failure".'],
    zh: ['{address}：{cause}', '请参阅 docs/redis.zh-CN.md 中关于故障的一节。'],
  },
  'redis.version': { is: 'ok', en: ['{name}'], zh: ['{name}'] },
  'redis.old': {
    is: 'error',
    en: ['redis {version} lacks commands that are needed', 'Use redis 5 or later.'],
    zh: ['redis {version} 缺少需要的命令', '请使用 redis 5 或更新的版本。'],
  },
  'redis.old-for-cache': {
    is: 'warning',
    en: [
      'redis {version} cannot tell of changes, so the option cache has no effect',
      'Use redis 6 or later, or leave cache out.',
    ],
    zh: ['redis {version} 不能通知变更，选项 cache 不起作用', '请使用 redis 6 或更新的版本，或去掉 cache。'],
  },
  'redis.unknown-server': {
    is: 'warning',
    en: [
      'it does not say which redis it is',
      'Try it before you trust it: it must have the commands of redis 5, and scripts.',
    ],
    zh: ['它没有说明自己是哪种 redis', '请先验证再使用：它必须支持 redis 5 的命令和脚本。'],
  },
  'redis.no-info': {
    is: 'warning',
    en: ['INFO is not allowed: version, role, maxmemory-policy and persistence cannot be looked at', 'Allow +info.'],
    zh: ['不允许 INFO：无法检查版本、角色、maxmemory-policy 和持久化', '请授予 +info。'],
  },
  'redis.master': { is: 'ok', en: ['it is a master'], zh: ['它是主节点'] },
  'redis.nodes': { is: 'ok', en: ['a Cluster, {count} nodes answer'], zh: ['Cluster，{count} 个节点有响应'] },
  'redis.replica': {
    is: 'error',
    en: [
      'it is a replica of {master}, and takes no writes',
      'Connect to the master, or let Sentinels name it (tokens.sentinels).',
    ],
    zh: ['它是 {master} 的副本，不接受写入', '请连接主节点，或由 Sentinel 指出主节点（tokens.sentinels）。'],
  },
  'redis.is-cluster': {
    is: 'error',
    en: ['it is a node of a Cluster', 'Write tokens: { cluster: [url] } in place of url.'],
    zh: ['它是 Cluster 的一个节点', '请写 tokens: { cluster: [url] }，不要用 url。'],
  },
  'redis.is-sentinel': {
    is: 'error',
    en: ['it is a Sentinel', 'Write tokens: { sentinels: [url], master } in place of url.'],
    zh: ['它是一个 Sentinel', '请写 tokens: { sentinels: [url], master }，不要用 url。'],
  },
  'redis.policy': { is: 'ok', en: ['maxmemory-policy noeviction'], zh: ['maxmemory-policy 为 noeviction'] },
  'redis.evicts': {
    is: 'error',
    en: [
      'maxmemory-policy {policy}: redis drops live sessions when memory runs short',
      'CONFIG SET maxmemory-policy noeviction, in its configuration file too.',
    ],
    zh: [
      'maxmemory-policy 为 {policy}：内存不足时 redis 会丢弃有效会话',
      '请执行 CONFIG SET maxmemory-policy noeviction，并写入其配置文件。',
    ],
  },
  'redis.may-evict': {
    is: 'warning',
    en: [
      'maxmemory-policy {policy}: without maxmemory nothing is dropped, once it is set live sessions are',
      'CONFIG SET maxmemory-policy noeviction, in its configuration file too.',
    ],
    zh: [
      'maxmemory-policy 为 {policy}：未设 maxmemory 时不会丢弃，一旦设置就会丢弃有效会话',
      '请执行 CONFIG SET maxmemory-policy noeviction，并写入其配置文件。',
    ],
  },
  'redis.nearly-full': {
    is: 'warning',
    en: ['{percent} % of maxmemory is used: new logins fail when it is full', 'Raise maxmemory.'],
    zh: ['maxmemory 已用 {percent}%：用满后新的登录会失败', '请增大 maxmemory。'],
  },
  'redis.full': {
    is: 'error',
    en: ['its memory is full: {cause}', 'Raise maxmemory.'],
    zh: ['内存已满：{cause}', '请增大 maxmemory。'],
  },
  'redis.refuses-writes': {
    is: 'error',
    en: ['it takes no writes: {cause}', 'Mend what it says; until then nobody can log in.'],
    zh: ['不接受写入：{cause}', '请修复它所说的问题；在此之前无法登录。'],
  },
  'redis.append-only': { is: 'ok', en: ['persistence: append-only file'], zh: ['持久化：AOF'] },
  'redis.snapshots': {
    is: 'ok',
    en: ['persistence: snapshots; a crash loses what came since the last one'],
    zh: ['持久化：RDB 快照；崩溃会丢失最后一次快照之后的内容'],
  },
  'redis.no-persistence': {
    is: 'warning',
    en: [
      'nothing is persisted: a restart of redis logs everybody out',
      'CONFIG SET appendonly yes, in its configuration file too.',
    ],
    zh: ['没有持久化：redis 重启会使所有人退出登录', '请执行 CONFIG SET appendonly yes，并写入其配置文件。'],
  },
  'redis.persistence-fails': {
    is: 'error',
    en: [
      'the last snapshot or write of the append-only file failed',
      'See the log of redis: the disk may be full, or the folder not writable.',
    ],
    zh: ['最近一次快照或 AOF 写入失败', '请查看 redis 日志：磁盘可能已满，或目录不可写。'],
  },
  'redis.persistence-unknown': {
    is: 'note',
    en: ['no append-only file; whether snapshots are taken, this user may not ask (CONFIG)'],
    zh: ['没有 AOF；当前用户无权查询是否有快照（CONFIG）'],
  },
  'redis.clock-agrees': {
    is: 'ok',
    en: ['its clock and ours agree ({seconds} s)'],
    zh: ['两边时钟一致（相差 {seconds} 秒）'],
  },
  'redis.clock': {
    is: 'warning',
    en: [
      'its clock differs from ours by {seconds} s: times in sessions are on its clock',
      'Let both machines take their time from NTP.',
    ],
    zh: ['它的时钟与本机相差 {seconds} 秒：会话中的时间以它的时钟为准', '请让两台机器都用 NTP 校时。'],
  },
  'redis.rights': {
    is: 'ok',
    en: ['the user has the {count} rights that are needed'],
    zh: ['该用户拥有所需的 {count} 项权限'],
  },
  'redis.rights-missing': {
    is: 'error',
    en: [
      'the user lacks the rights {missing}',
      'ACL SETUSER <user> and these, on every node; docs/redis.md has them all.',
    ],
    zh: [
      '该用户缺少权限 {missing}',
      '请在每个节点执行 ACL SETUSER <用户> 加上这些权限；完整列表见 docs/redis.zh-CN.md。',
    ],
  },
  'redis.adopted': {
    is: 'ok',
    en: ['the tokens of 1.3.2 of the sku {sku} have been adopted'],
    zh: ['sku {sku} 下 1.3.2 的令牌已全部登记'],
  },
  'redis.adopting': {
    is: 'note',
    en: [
      'the adoption of the tokens of 1.3.2 is under way for the sku {sku}, or was cut short',
      'It goes on while a server of 2.0.0 runs; look again later.',
    ],
    zh: ['sku {sku} 下 1.3.2 令牌的登记正在进行，或曾被中断', '只要有 2.0.0 的服务器在运行就会继续；请稍后再看。'],
  },
  'redis.adoption-due': {
    is: 'note',
    en: [
      'the adoption of the tokens of 1.3.2 has not begun for the sku {sku}',
      'It begins when the first server of 2.0.0 starts; a server of 1.3.2 that still issues tokens makes it due again.',
    ],
    zh: [
      'sku {sku} 下 1.3.2 令牌的登记尚未开始',
      '第一台 2.0.0 服务器启动时开始；若仍有 1.3.2 的服务器签发令牌，则会再次需要。',
    ],
  },
};
