import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isFault } from '@quantrac/event-sourcing';
import { readSettings } from '@quantrac/service';
import { enrolmentOf, nationalAggregationSettings } from './config.ts';

const settings = (environment: Record<string, string>) => readSettings(nationalAggregationSettings, environment);
const named =
  (...variables: string[]) =>
  (error: unknown) =>
    isFault(error, 'SettingsInvalid') && variables.every((variable) => error.message.includes(variable));

describe('the settings of national-aggregation', () => {
  test('all have a default, on this machine only', () => {
    const { host, port } = settings({});
    assert.deepEqual([host, port], ['127.0.0.1', 7443]);
  });

  test('refuse plain text to other machines, and half of what TLS needs', () => {
    assert.throws(() => settings({ QUANTRAC_HOST: '0.0.0.0' }), named('QUANTRAC_TLS_CERTIFICATE'));
    assert.throws(() => settings({ QUANTRAC_TLS_CERTIFICATE: 'c.pem' }), named('QUANTRAC_TLS_KEY'));
    assert.ok(settings({ QUANTRAC_HOST: '0.0.0.0', QUANTRAC_TLS_CERTIFICATE: 'c.pem', QUANTRAC_TLS_KEY: 'k.pem' }));
    assert.ok(settings({ QUANTRAC_HOST: '0.0.0.0', QUANTRAC_PORT: 'null' }));
  });

  test('leave enrolment open only while nobody else can connect', () => {
    const tls = { QUANTRAC_TLS_CERTIFICATE: 'c.pem', QUANTRAC_TLS_KEY: 'k.pem' };
    assert.equal(enrolmentOf(settings({})), 'open');
    assert.equal(enrolmentOf(settings({ QUANTRAC_HOST: '10.0.0.1', ...tls })), 'by-command');
    assert.equal(enrolmentOf(settings({ QUANTRAC_HOST: '10.0.0.1', QUANTRAC_ENROLMENT: 'open', ...tls })), 'open');
    assert.equal(enrolmentOf(settings({ QUANTRAC_ENROLMENT: 'by-command' })), 'by-command');
  });
});
