import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '@quantrac/event-sourcing';
import { alias, day, decimal, instant, list, oneOf, provinceFrom, seconds, text, whole } from './csv-cells.ts';

const refused = (read: () => unknown) => assert.throws(read, Fault);

describe('a cell', () => {
  it('may say an instant in UTC, in local time, as a day, or as Excel in Vietnamese rewrites it', () => {
    assert.equal(instant.read('2026-01-15T01:30:00.000Z'), '2026-01-15T01:30:00.000Z');
    assert.equal(instant.read('2026-01-15 08:30'), '2026-01-15T01:30:00.000Z');
    assert.equal(instant.read('15/01/2026 8:30:05'), '2026-01-15T01:30:05.000Z');
    assert.equal(instant.read('15/1/2026'), '2026-01-14T17:00:00.000Z');
    for (const wrong of ['2026-02-30', '2026-01-15 24:00', '2026-01-15 08:60', 'soon', '15-01-2026', '01:30'])
      refused(() => instant.read(wrong));
  });

  it('may say a day, which must exist', () => {
    assert.equal(day.read('01/07/2025'), '2025-07-01');
    refused(() => day.read('30/02/2025'));
  });

  it('may write a decimal with a comma, and keeps its digits', () => {
    assert.equal(decimal.read('0,050'), '0.050');
    refused(() => decimal.read('1e5'));
    refused(() => decimal.read('1.000,5'));
  });

  it('says durations in seconds, from one on', () => {
    assert.equal(seconds.read('300'), 300_000);
    assert.equal(seconds.write(1500), '1.5');
    refused(() => seconds.read('0'));
  });

  it('stays within its bounds', () => {
    assert.equal(whole(1, 10).read('10'), 10);
    refused(() => whole(1, 10).read('11'));
    refused(() => text(3).read('four'));
    refused(() => text(9).read('a\nb'));
    assert.equal(oneOf(['end', 'start']).read('END'), 'end');
    refused(() => oneOf(['end', 'start']).read('middle'));
  });

  it('lists items that may hold the bar and the backslash themselves', () => {
    const items = ['Flow 1', 'a|b', 'c\\', '\\|'];
    assert.deepEqual(list(text(9)).read(list(text(9)).write(items)), items);
    assert.deepEqual(list(text(9)).read(' COD | TOC ||'), ['COD', 'TOC']);
  });

  it('dates provinces, and puts back the zero that Excel takes away', () => {
    assert.deepEqual(list(provinceFrom).read('1|79@2025-07-01'), [
      { province: '01', from: null },
      { province: '79', from: '2025-07-01' },
    ]);
    refused(() => provinceFrom.read('Hà Nội'));
  });

  it('dates aliases, whose codes may hold anything', () => {
    for (const each of [
      { system: 'ministry', code: 'NT-7', from: null, to: null },
      { system: 'ministry', code: 'a@b=c..d', from: null, to: '2026-01-15T01:30:00.000Z' },
      { system: 'old', code: 'x@y..z', from: null, to: null },
    ])
      assert.deepEqual(alias.read(alias.write(each)), each);
    assert.equal(alias.read('ministry=NT-7@2026-01-15..').from, '2026-01-14T17:00:00.000Z');
    refused(() => alias.read('NT-7'));
  });
});
