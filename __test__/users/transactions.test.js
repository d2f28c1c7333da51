'use strict';

const { transactions } = require('./transactions-suite');

transactions({ rounds: 2000, synchronous: 'OFF', limit: 60000 });
