import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { folderedFile, folderLayouts, folderOf } from './folder-layout.ts';

const afterMidnight = Date.UTC(2026, 0, 14, 17, 5);

test('the ten layouts write the local day', () => {
  assert.deepEqual(
    folderLayouts.map((layout) => folderOf(layout, 'NT01', afterMidnight)),
    [
      'NT01/2026/01/15',
      'NT01',
      'NT01/20260115',
      'NT01/2026/Thang01/20260115',
      'NT01/2026/Thang01/Ngay15',
      'NT01/2026-01-15',
      'NT01/2026/Thang01/15012026',
      'NT01/2026_01_15',
      'NT01/2026/01/15012026',
      'NT01/Nam 2026/thang 01/ngay 15',
    ],
  );
});

test('the first folder names the station in every layout, on every day', () => {
  const day = fc.date({ min: new Date('2000-01-01'), max: new Date('2099-12-31'), noInvalidDate: true });
  fc.assert(
    fc.property(
      fc.constantFrom(...folderLayouts),
      fc.constantFrom('NT01', '2026', 'Trạm 1'),
      day,
      (layout, code, at) => {
        const path = `${folderOf(layout, code, at.getTime())}/HCM_ABC_NT01_20200101000000.txt`;
        assert.deepEqual(folderedFile(path), { stationCode: code, fileName: 'HCM_ABC_NT01_20200101000000.txt' });
      },
    ),
  );
});

test('a file in no folder, or in folders of a date alone, names no station', () => {
  assert.deepEqual(folderedFile('a.txt'), { stationCode: undefined, fileName: 'a.txt' });
  for (const folders of ['2026/01/15', '20260115', 'Nam 2026/thang 01/ngay 15', '2026/thang01/ngay15'])
    assert.deepEqual(folderedFile(`${folders}/a.txt`), { stationCode: undefined, fileName: 'a.txt' });
});

test('folders that follow no layout still name the station', () => {
  assert.equal(folderedFile('NT01/new/a.txt').stationCode, 'NT01');
});
