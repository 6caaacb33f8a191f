import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aStation } from '../testing/records.ts';
import { type FileOrigin, matchStation, stationDirectory } from './station-directory.ts';

const one = aStation({
  station: 'one',
  name: 'Trạm Một',
  prefixes: ['HCM_ABC_NT01', 'Trạm_Một'],
  folder: { code: 'NT01', layout: 1 },
  accounts: ['both', 'first'],
});
const two = aStation({
  station: 'two',
  prefixes: ['HCM_ABC_NT02'],
  folder: { code: 'NT02', layout: 1 },
  accounts: ['both', 'second'],
});
const directory = stationDirectory([one, two]);

function match(account: string | undefined, folder: string | undefined, prefix: string) {
  const matched = matchStation({ account, folder, prefix, stamped: prefix !== '' } satisfies FileOrigin, directory);
  if ('station' in matched) return matched.station.station;
  return matched.held;
}

describe('matching a file to its station', () => {
  it('goes by the account alone only where it uploads for one station, which has neither prefix nor folder', () => {
    const unnamed = stationDirectory([aStation({ prefixes: [], accounts: ['alone'] }), two]);
    const matched = matchStation({ account: 'alone', folder: 'X', prefix: 'whatever', stamped: true }, unnamed);
    assert.ok('station' in matched);
    assert.equal(match('first', undefined, 'whatever'), 'StationUnknown');
  });

  it('goes by folder or prefix where the account says nothing', () => {
    assert.equal(match('first', 'NT01', ''), 'one');
    assert.equal(match('first', 'X', 'HCM_ABC_NT01'), 'one');
    assert.equal(match('both', undefined, 'whatever'), 'StationUnknown');
    assert.equal(match('both', 'NT02', ''), 'two');
    assert.equal(match('both', undefined, 'HCM_ABC_NT01'), 'one');
    assert.equal(match(undefined, 'NT02', 'HCM_ABC_NT02'), 'two');
    assert.equal(match('nobody', undefined, 'X'), 'StationUnknown');
  });

  it('compares names in NFC without case, and without the _ before the time', () => {
    assert.equal(match(undefined, 'nt01', ''), 'one');
    assert.equal(match(undefined, undefined, 'hcm_abc_nt01_'), 'one');
    assert.equal(match(undefined, undefined, 'TRẠM_MỘT'.normalize('NFD')), 'one');
    const registered = stationDirectory([aStation({ prefixes: ['HCM_ABC__'] })]);
    assert.ok(registered.byPrefix('HCM_ABC'));
  });

  it("answers another station's folder as it answers one that does not exist", () => {
    const answered = (folder: string, prefix: string) => {
      const matched = matchStation({ account: 'second', folder, prefix, stamped: true }, directory);
      if ('station' in matched) return matched.station.station;
      return matched.told ?? { reason: matched.held, advice: matched.advice };
    };
    for (const prefix of ['HCM_ABC_NT01', 'HCM_ABC_NT02', 'whatever', ''])
      assert.deepEqual(answered('NT01', prefix), answered('no such', prefix));
    const matched = matchStation({ account: 'second', folder: 'NT01', prefix: 'whatever', stamped: true }, directory);
    assert.ok('held' in matched && matched.held === 'AccountDisagrees');
    assert.match(matched.advice, /folder "NT01" belongs to Trạm Một/);
  });

  it('holds a file in the folder of a station that has prefixes, but not that of the file', () => {
    assert.equal(match('first', 'NT01', 'HCM_ABC_NT09'), 'StationsDisagree');
    assert.equal(match(undefined, 'NT01', 'HCM_ABC_NT09'), 'StationsDisagree');
    const unnamed = stationDirectory([aStation({ prefixes: [], folder: { code: 'NT01', layout: 1 } })]);
    assert.ok(
      'station' in matchStation({ account: undefined, folder: 'NT01', prefix: 'HCM_ABC_NT09', stamped: true }, unnamed),
    );
  });

  it('holds a file whose folder and prefix name two stations', () => {
    assert.equal(match('both', 'NT01', 'HCM_ABC_NT02'), 'StationsDisagree');
  });

  it("holds another station's prefix, and tells the sender no more than of one that does not exist", () => {
    const matched = matchStation(
      { account: 'second', folder: undefined, prefix: 'HCM_ABC_NT01', stamped: true },
      directory,
    );
    assert.ok('held' in matched);
    assert.match(matched.advice, /belongs to Trạm Một/);
    const unknown = matchStation(
      { account: 'both', folder: undefined, prefix: 'HCM_ABC_NT01?', stamped: true },
      directory,
    );
    assert.ok('held' in unknown);
    assert.deepEqual(matched.told, { reason: unknown.held, advice: unknown.advice.replace('?', '') });
  });

  it('says what to do about an unknown station', () => {
    const matched = matchStation(
      { account: undefined, folder: undefined, prefix: 'HCM_ABC_NT09', stamped: true },
      directory,
    );
    assert.equal(
      'held' in matched && matched.advice,
      'no station matches "HCM_ABC_NT09": register it or add the prefix to a station',
    );
  });
});
