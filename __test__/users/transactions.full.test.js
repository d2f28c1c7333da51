'use strict';

const { transactions } = require('./transactions-suite');

transactions({ rounds: 20000, synchronous: 'OFF', limit: 300000 });
transactions({ rounds: 5000, synchronous: 'FULL', limit: 300000 });
