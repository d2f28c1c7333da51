'use strict';

const { randomSessions } = require('./random-sessions');

randomSessions({ worlds: 18, steps: 100 }, 90000);
