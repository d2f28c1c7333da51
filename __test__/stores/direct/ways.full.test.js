'use strict';

require('./ways').checksAreRight(20000);
