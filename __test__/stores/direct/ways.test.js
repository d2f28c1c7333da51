'use strict';

require('./ways').checksAreRight(2000);
