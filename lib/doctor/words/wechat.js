'use strict';

module.exports = {
  'wechat.dns': { is: 'ok', en: ['{host} has the address {address}'], zh: ['{host} 的地址为 {address}'] },
  'wechat.no-dns': {
    is: 'error',
    en: [
      '{host} has no address ({cause})',
      'See the DNS servers of this machine or container, and wechat.endpoint and wechat.proxy.',
    ],
    zh: ['无法解析 {host}（{cause}）', '请检查本机或容器的 DNS 服务器，以及 wechat.endpoint 和 wechat.proxy。'],
  },
  'wechat.through-proxy': { is: 'ok', en: ['requests go through the proxy {proxy}'], zh: ['请求经过代理 {proxy}'] },
  'wechat.proxy-unused': {
    is: 'note',
    en: [
      'HTTPS_PROXY is set ({proxy}), and not used',
      'If WeChat is only reached through it, pass it as wechat.proxy.',
    ],
    zh: ['设置了 HTTPS_PROXY（{proxy}），但不会使用', '如果只能经它访问微信，请作为 wechat.proxy 传入。'],
  },
  'wechat.answers': {
    is: 'ok',
    en: ['WeChat knows {appId} and its secret, and lets this server in'],
    zh: ['微信认可 {appId} 及其 AppSecret，并允许本服务器访问'],
  },
  'wechat.own': {
    is: 'note',
    en: ['functions of the application ask WeChat (exchange, accessToken): WeChat is not asked here'],
    zh: ['由应用自己的函数请求微信（exchange、accessToken）：此处不请求微信'],
  },
  'wechat.cloud': {
    is: 'note',
    en: ["this is WeChat's cloud hosting; whether it lists the interfaces, only a request tells"],
    zh: ['运行在微信云托管中；接口是否已加入列表，只有请求时才知道'],
  },
  'wechat.not-asked': {
    is: 'note',
    en: ['without appId and secret, WeChat is not asked'],
    zh: ['没有 appId 和 AppSecret，不请求微信'],
  },
  'wechat.app-id': {
    is: 'error',
    en: ['WeChat does not know the appId ({errcode}: {errmsg})', 'Compare it with the console of WeChat.'],
    zh: ['微信不认识这个 appId（{errcode}：{errmsg}）', '请与微信后台核对。'],
  },
  'wechat.secret': {
    is: 'error',
    en: [
      'WeChat refuses the app secret ({errcode}: {errmsg})',
      'Copy it anew from the console of WeChat: a reset there makes the old one invalid.',
    ],
    zh: ['微信拒绝了 AppSecret（{errcode}：{errmsg}）', '请从微信后台重新复制：在那里重置后旧的即失效。'],
  },
  'wechat.address': {
    is: 'error',
    en: [
      'WeChat does not let this server in ({errcode}: {errmsg})',
      'Add that address to the IP whitelist in the console of WeChat.',
    ],
    zh: ['微信不允许本服务器访问（{errcode}：{errmsg}）', '请把该地址加入微信后台的 IP 白名单。'],
  },
  'wechat.quota': {
    is: 'error',
    en: [
      'the calls of the day are used up ({errcode}: {errmsg})',
      'Reset the quota in the console of WeChat, or wait for the next day.',
    ],
    zh: ['当天的调用次数已用完（{errcode}：{errmsg}）', '请在微信后台重置额度，或等到第二天。'],
  },
  'wechat.busy': {
    is: 'warning',
    en: ['WeChat is busy ({errcode}: {errmsg})', 'Run the doctor again in a minute.'],
    zh: ['微信系统繁忙（{errcode}：{errmsg}）', '请过一分钟再运行。'],
  },
  'wechat.refused': {
    is: 'error',
    en: ['WeChat refuses ({errcode}: {errmsg})', 'docs/errors.md has the errcodes of WeChat.'],
    zh: ['微信拒绝了请求（{errcode}：{errmsg}）', '微信的 errcode 见 docs/errors.zh-CN.md。'],
  },
  'wechat.proxy': {
    is: 'error',
    en: ['{cause}', 'See wechat.proxy: its address, user and password, and whether it lets WeChat through.'],
    zh: ['{cause}', '请检查 wechat.proxy：地址、用户名和密码，以及它是否放行微信。'],
  },
  'wechat.authority': {
    is: 'error',
    en: [
      '{cause}',
      'A proxy or firewall may be signing in the place of WeChat: name its authority in NODE_EXTRA_CA_CERTS, if that is meant.',
    ],
    zh: ['{cause}', '可能有代理或防火墙代替微信签发证书：如果这是有意的，请在 NODE_EXTRA_CA_CERTS 中指定其 CA。'],
  },
  'wechat.certificate': {
    is: 'error',
    en: ['{cause}', 'See the clock of this machine, wechat.endpoint, and what stands between it and WeChat.'],
    zh: ['{cause}', '请检查本机时钟、wechat.endpoint，以及本机与微信之间的设备。'],
  },
  'wechat.late': {
    is: 'error',
    en: [
      '{cause}',
      'See whether a firewall drops packets to port 443; where only a proxy gets out, pass it as wechat.proxy.',
    ],
    zh: ['{cause}', '请检查防火墙是否丢弃了到 443 端口的包；如果只能经代理出网，请作为 wechat.proxy 传入。'],
  },
  'wechat.unreachable': {
    is: 'error',
    en: ['{cause}', 'See the firewall, and wechat.endpoint; where only a proxy gets out, pass it as wechat.proxy.'],
    zh: ['{cause}', '请检查防火墙和 wechat.endpoint；如果只能经代理出网，请作为 wechat.proxy 传入。'],
  },
  'wechat.failed': {
    is: 'error',
    en: [
      'what answers is not WeChat, or not as it should: {cause}',
      'See wechat.endpoint, and what stands between this server and WeChat.',
    ],
    zh: ['应答的不是微信，或不符合预期：{cause}', '请检查 wechat.endpoint，以及本服务器与微信之间的设备。'],
  },
};
