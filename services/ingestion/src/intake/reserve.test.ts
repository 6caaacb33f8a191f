import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { Fault } from '@quantrac/event-sourcing';
import { temporaryFolder } from '@quantrac/testing';
import { pino } from 'pino';
import { openReserve } from './reserve.ts';

const BYTES = 8 << 20;
const log = pino({ level: 'silent' });
const full = () => Fault.unavailable('DiskFull', 'the disk is full: free space, then try again');

/** A reserve, and a disk that has room once so many bytes of the reserve are given up. */
async function aReserve(bytes = BYTES) {
  const path = join(temporaryFolder(), 'reserve');
  const reserve = await openReserve(path, bytes, log);
  await reserve.restore();
  const size = () => statSync(path).size;
  const commit = (needed: number) => async () => {
    if (BYTES - size() < needed) throw full();
    return 'committed';
  };
  return { path, reserve, size, commit };
}

describe('the reserve of intake', () => {
  it('takes its room on the disk, in blocks and not as a hole', async () => {
    const { path, size } = await aReserve();
    assert.equal(size(), BYTES);
    assert.ok(statSync(path).blocks * 512 >= BYTES);
  });

  it('gives up no more than it must for a commit to succeed', async () => {
    const { reserve, size, commit } = await aReserve();
    assert.equal(await reserve.whileFull(commit(0)), 'committed');
    assert.equal(size(), BYTES);
    assert.equal(await reserve.whileFull(commit(3 << 20)), 'committed');
    assert.equal(size(), BYTES - (3 << 20));
  });

  it('tells that the disk is full once nothing is left', async () => {
    const { reserve, size, commit } = await aReserve();
    await assert.rejects(reserve.whileFull(commit(2 * BYTES)), (error) => (error as Fault).code === 'DiskFull');
    assert.equal(size(), 0);
  });

  it('is not given up twice for what fails at the same time, nor for another failure', async () => {
    const { reserve, size, commit } = await aReserve();
    await Promise.all(Array.from({ length: 20 }, () => reserve.whileFull(commit(1 << 20))));
    assert.equal(size(), BYTES - (1 << 20));
    const other = Fault.unavailable('StoreUnavailable', 'busy');
    await assert.rejects(
      reserve.whileFull(() => Promise.reject(other)),
      other,
    );
    assert.equal(size(), BYTES - (1 << 20));
  });

  it('is made again when there is room', async () => {
    const { reserve, size, commit } = await aReserve();
    await reserve.whileFull(commit(5 << 20));
    await reserve.restore();
    assert.equal(size(), BYTES);
  });

  it('is not made where it would fill the disk', async () => {
    const { reserve, size } = await aReserve(2 ** 50);
    assert.equal(size(), 0);
    await assert.rejects(reserve.whileFull(() => Promise.reject(full())));
    await reserve.close();
  });

  it('is found again after a restart, and follows its setting', async () => {
    const { path, reserve, size } = await aReserve();
    await reserve.close();
    const smaller = await openReserve(path, 1 << 20, log);
    await smaller.restore();
    assert.equal(size(), 1 << 20);
    writeFileSync(path, 'x');
    const again = await openReserve(path, 2 << 20, log);
    await again.restore();
    assert.equal(size(), 2 << 20);
  });
});
