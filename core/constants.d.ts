import mpauthx = require('../index.js');

export declare const statusCode: mpauthx.StatusCodes;
