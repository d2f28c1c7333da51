'use strict';

module.exports = {
  mpauthx: require('../..'),
  ...require('./app'),
  ...require('./calls'),
  ...require('./cleanup'),
  ...require('./everybody'),
  ...require('./known-tokens'),
  ...require('./legacy-token'),
  ...require('./node'),
  ...require('./outcome'),
  ...require('./platform'),
  ...require('./random'),
  ...require('./redis'),
  ...require('./setting'),
  ...require('./sqlite'),
  ...require('./temp-dir'),
  ...require('./wait'),
  ...require('./wechat'),
};
