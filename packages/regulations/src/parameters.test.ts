import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instrumentRequirement, instrumentRequirements } from './instrument-requirements.ts';
import { molarMasses } from './molar-masses.ts';
import { normaliseSymbol, parameterByCode, parameterBySymbol, parameters } from './parameters.ts';

const meant = (symbol: string, medium?: Parameters<typeof parameterBySymbol>[1]) => {
  const meaning = parameterBySymbol(symbol, medium);
  return meaning && [meaning.parameter.code, meaning.basis, meaning.ambiguous !== undefined];
};

test('a code names one parameter', () => {
  assert.equal(new Set(parameters.map(({ code }) => code)).size, parameters.length);
  assert.equal(parameterByCode('COD')?.units.wastewater, 'mg/L');
  assert.equal(parameterByCode('cod'), undefined);
});

test('every spelling of PM2.5 that the field uses is PM2.5', () => {
  for (const symbol of ['PM2.5', 'PM2,5', 'PM-2-5', 'pm2,5', ' PM2.5 ']) {
    assert.deepEqual(meant(symbol), ['PM2.5', undefined, false], symbol);
  }
});

test('a symbol is compared in NFC without case and keeps its inner spaces', () => {
  assert.equal(normaliseSymbol(' Water Level\t'), 'water level');
  assert.equal(normaliseSymbol('Nhiệt độ'.normalize('NFD')), normaliseSymbol('NHIỆT ĐỘ'));
  assert.notEqual(normaliseSymbol('Water Level'), normaliseSymbol('WaterLevel'));
  assert.deepEqual(meant('NHIỆT ĐỘ'.normalize('NFD')), ['Temp', undefined, false]);
});

test('ammonium without its basis is ambiguous; with it the basis is known', () => {
  assert.deepEqual(meant('NH4'), ['NH4-N', undefined, true]);
  assert.deepEqual(meant('Amoni'), ['NH4-N', undefined, true]);
  assert.deepEqual(meant('N-NH4'), ['NH4-N', 'N', false]);
  assert.deepEqual(meant('NH4+'), ['NH4-N', 'NH4', false]);
  assert.deepEqual(meant('NH4-N'), ['NH4-N', 'N', false]);
});

test('NOx without "as NO2" is ambiguous', () => {
  assert.deepEqual(meant('NOx', 'stack'), ['NOx', undefined, true]);
  assert.deepEqual(meant('NOx as NO2', 'stack'), ['NOx', 'NO2', false]);
});

test('what a symbol means may depend on the medium, and is ambiguous without it', () => {
  assert.deepEqual(meant('NO2', 'ambient-air'), ['NO2', undefined, false]);
  assert.deepEqual(meant('NO2', 'surface-water'), ['NO2-N', undefined, true]);
  assert.deepEqual(meant('NO2'), ['NO2', undefined, true]);
  assert.deepEqual(meant('Dust', 'stack'), ['PM', undefined, false]);
  assert.deepEqual(meant('Dust', 'ambient-air'), ['TSP', undefined, true]);
  assert.deepEqual(meant('Clo', 'wastewater'), ['Cl', undefined, true]);
});

test('a symbol that nobody knows, or that is not measured in the medium, has no meaning', () => {
  assert.equal(parameterBySymbol('XYZ'), undefined);
  assert.equal(parameterBySymbol(''), undefined);
  assert.equal(parameterBySymbol('PM2.5', 'wastewater'), undefined);
});

test('every gas and every basis has a molar mass', () => {
  for (const { gas, bases = [] } of parameters) {
    for (const substance of [gas, ...bases]) assert.ok(substance === undefined || molarMasses[substance]);
  }
});

test('an analyser requirement is about a parameter that the catalogue measures there', () => {
  for (const { parameter, medium } of instrumentRequirements) {
    assert.ok(parameterByCode(parameter)?.units[medium], `${parameter} in ${medium}`);
  }
  assert.equal(instrumentRequirement('COD', 'wastewater')?.responseSeconds, 900);
});
