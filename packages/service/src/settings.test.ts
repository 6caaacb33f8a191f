import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Fault } from '@quantrac/event-sourcing';
import { z } from 'zod';
import { commonSettings, readSettings, variableOf } from './settings.ts';

const schema = commonSettings.extend({ ftpPort: z.int().min(0).default(2121), codes: z.array(z.string()).default([]) });

describe('settings', () => {
  it('are all defaulted', () =>
    assert.deepEqual(readSettings(schema, {}), { data: 'data', logLevel: 'info', ftpPort: 2121, codes: [] }));

  it('come from variables named after them; lists and numbers are JSON', () => {
    assert.equal(variableOf('ftpPort'), 'QUANTRAC_FTP_PORT');
    const read = readSettings(schema, { QUANTRAC_FTP_PORT: '21', QUANTRAC_CODES: '["-999"]', QUANTRAC_DATA: 'x' });
    assert.deepEqual(read, { data: 'x', logLevel: 'info', ftpPort: 21, codes: ['-999'] });
  });

  it('that want a text take it as it is, and null only where it means something', () => {
    const texts = z.object({
      folder: z.string().nullable().optional(),
      password: z.string().min(3),
      kind: z.enum(['1', '2']),
      address: z.union([z.ipv4(), z.ipv6()]),
      rows: z.union([z.int(), z.literal('all')]),
    });
    const read = readSettings(texts, {
      QUANTRAC_FOLDER: 'null',
      QUANTRAC_PASSWORD: '2026',
      QUANTRAC_KIND: '1',
      QUANTRAC_ADDRESS: '10.0.0.1',
      QUANTRAC_ROWS: '20',
    });
    assert.deepEqual(read, { folder: null, password: '2026', kind: '1', address: '10.0.0.1', rows: 20 });
    assert.equal(readSettings(commonSettings, { QUANTRAC_DATA: '2026' }).data, '2026');
    assert.equal(readSettings(commonSettings, { QUANTRAC_DATA: 'null' }).data, 'null');
    assert.throws(() => readSettings(texts, { QUANTRAC_PASSWORD: '12', QUANTRAC_ADDRESS: '12' }), {
      message: /QUANTRAC_PASSWORD: Too small/,
    });
  });

  it('given by whoever starts go before the environment, and are named as they were given', () => {
    assert.equal(readSettings(schema, { QUANTRAC_FTP_PORT: 'many' }, { ftpPort: 1, other: 2 }).ftpPort, 1);
    assert.throws(() => readSettings(schema, {}, { ftpPort: -1 }), { message: /^--ftpPort: / });
  });

  it('that are bad are named all at once', () => {
    const bad = { QUANTRAC_FTP_PORT: 'many', QUANTRAC_LOG_LEVEL: 'loud', QUANTRAC_DATA: 'x' };
    assert.throws(
      () => readSettings(schema, bad),
      (error) =>
        error instanceof Fault && /QUANTRAC_FTP_PORT/.test(error.message) && /QUANTRAC_LOG_LEVEL/.test(error.message),
    );
  });
});
