'use strict';

module.exports = {
  mpauthx: require('../..'),
  ...require('./app'),
  ...require('./cleanup'),
  ...require('./legacy-token'),
  ...require('./node'),
  ...require('./random'),
  ...require('./redis'),
  ...require('./sqlite'),
  ...require('./temp-dir'),
  ...require('./wait'),
  ...require('./wechat'),
};
