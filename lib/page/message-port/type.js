'use strict';

/** MessagePort, as the clone codec knows it in a page. */

const { PORT_TYPE, registerPlatformType } = require('../../common/structured-clone/platform');
const { isKept, takePort } = require('./ends');
const { MessagePort, isNeutered, isPort } = require('./natives');

registerPlatformType({
  id: PORT_TYPE,
  name: 'MessagePort',
  prototypes: [MessagePort.prototype],
  accepts: isPort,
  ports: 1,
  refuse(port, index) {
    return isKept(port) || isNeutered(port) ? `Port at index ${index} is already neutered.` : null;
  },
  transfer: (port) => [takePort(port)],
  receive: (ports) => ports[0],
});
