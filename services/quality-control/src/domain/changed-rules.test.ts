import assert from 'node:assert/strict';
import { test } from 'node:test';
import { aChannel, aPeriod, at, instantAt, someSettings, stationRecord } from '../testing/builders.ts';
import { changedRules } from './changed-rules.ts';

const channels = [aChannel('cod'), aChannel('ph')];
const before = stationRecord({ channels });
const changedTo = (changed: Partial<typeof before>) => changedRules(before, { ...before, ...changed });

test('names, instruments and delivery change no rule', () => {
  const renamed = { ...aChannel('cod', { names: ['COD ra'], instrument: 'i1', deliveryMs: 3_600_000 }) };
  assert.deepEqual(changedTo({ channels: [renamed, channels[1]!] }), []);
});

test('settings from a date on change the stretch until the next settings', () => {
  const settings = [
    someSettings(),
    someSettings({ from: instantAt('08:00'), unit: 'µg/L' }),
    someSettings({ from: instantAt('09:00') }),
  ];
  assert.deepEqual(changedTo({ channels: [{ ...channels[0]!, settings }, channels[1]!] }), [
    { channels: ['cod'], from: at('08:00'), to: at('09:00') - 1 },
  ]);
});

test('another parameter or kind changes everything since ever', () => {
  const everything = { from: -Infinity, to: Infinity };
  const other = { ...channels[0]!, parameter: 'BOD5' };
  assert.deepEqual(changedTo({ channels: [other, channels[1]!] }), [{ channels: ['cod'], ...everything }]);
  assert.deepEqual(changedTo({ kind: 'surface-water' }), [{ channels: ['cod', 'ph'], ...everything }]);
});

test('a period that is accepted, taken back or moved changes what it covers and covered', () => {
  const period = aPeriod(instantAt('08:00'), instantAt('09:00'));
  const moved = aPeriod(instantAt('10:00'), instantAt('11:00'), { channels: ['ph'] });
  const eight = { channels: ['cod', 'ph'], from: at('08:00'), to: at('09:00') };
  const ten = { channels: ['ph'], from: at('10:00'), to: at('11:00') };
  assert.deepEqual(changedTo({ declaredPeriods: [period] }), [eight]);
  assert.deepEqual(changedTo({ declaredPeriods: [{ ...period, accepted: false }] }), []);
  const withPeriod = { ...before, declaredPeriods: [period] };
  assert.deepEqual(changedRules(withPeriod, before), [eight]);
  assert.deepEqual(changedRules(withPeriod, { ...before, declaredPeriods: [moved] }), [eight, ten]);
});
