#!/usr/bin/env node
'use strict';

require('../lib/doctor/main.js').run(process.argv.slice(2));
