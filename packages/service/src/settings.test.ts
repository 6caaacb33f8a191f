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

  it('that are bad are named all at once', () => {
    const bad = { QUANTRAC_FTP_PORT: 'many', QUANTRAC_LOG_LEVEL: 'loud', QUANTRAC_DATA: 'x' };
    assert.throws(
      () => readSettings(schema, bad),
      (error) =>
        error instanceof Fault && /QUANTRAC_FTP_PORT/.test(error.message) && /QUANTRAC_LOG_LEVEL/.test(error.message),
    );
  });
});
