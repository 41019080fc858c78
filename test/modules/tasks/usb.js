'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { usb, WebUSB } = require('usb');
const { overlap } = require('../forever');

const BUS = '/sys/bus/usb/devices';

/** Asks the kernel for all devices: there may be none, and a virtual machine may have no bus. */
async function list() {
  if (fs.existsSync(BUS)) return usb.getDevices();
  await assert.rejects(usb.getDevices(), { message: new RegExp(BUS) });
  return [];
}

exports.work = async () => {
  const lists = await Promise.all([list(), list(), list()]);
  for (const { vendorId, productId } of lists[0]) {
    assert.ok(Number.isInteger(vendorId) && Number.isInteger(productId));
  }
  assert.deepEqual(
    lists.map(({ length }) => length),
    Array(3).fill(lists[0].length),
  );
  if (!fs.existsSync(BUS)) return;
  assert.equal(await usb.findDeviceByIds(0xffff, 0xffff), undefined);
  assert.deepEqual(await new WebUSB().getDevices(), []);
  const heard = () => {};
  usb.addEventListener('connect', heard); // starts and ends a thread of the module's own
  usb.removeEventListener('connect', heard);
};

exports.busy = () => overlap(4, list);
