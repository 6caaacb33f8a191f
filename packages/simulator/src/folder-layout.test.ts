import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FolderLayout, folderFor } from './folder-layout.ts';

test('the ten layouts', () => {
  const layouts: readonly FolderLayout[] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];
  assert.deepEqual(
    layouts.map((layout) => folderFor(layout, 'NT01', '20260105083000')),
    [
      'NT01/2026/01/05',
      'NT01',
      'NT01/20260105',
      'NT01/2026/Thang01/20260105',
      'NT01/2026/Thang01/Ngay05',
      'NT01/2026-01-05',
      'NT01/2026/Thang01/05012026',
      'NT01/2026_01_05',
      'NT01/2026/01/05012026',
      'NT01/Nam 2026/thang 01/ngay 05',
    ],
  );
});
