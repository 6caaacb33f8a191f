import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { topics } from '@quantrac/contracts';
import { isFault } from '@quantrac/event-sourcing';
import { readSettings } from '@quantrac/service';
import { ministrySyncSettings } from './config.ts';

const named =
  (...variables: string[]) =>
  (error: unknown) =>
    isFault(error, 'SettingsInvalid') && variables.every((variable) => error.message.includes(variable));

describe('the settings of ministry-sync', () => {
  test('all have a default', () => {
    const { ministry, policy } = ministrySyncSettings.parse({});
    assert.equal(ministry, undefined);
    assert.deepEqual(policy[0]!.records[topics.observationsChecked.name], ['ObservationSetChecked']);
  });

  test('name every bad one at once', () => {
    const environment = {
      QUANTRAC_MINISTRY: 'http://ministry.gov.vn',
      QUANTRAC_WINDOW_BLOCKS: '0',
      QUANTRAC_POLICY: JSON.stringify([{ records: { 'quantrac.nothing.v1': ['X'] } }]),
    };
    assert.throws(
      () => readSettings(ministrySyncSettings, environment),
      named('QUANTRAC_MINISTRY', 'QUANTRAC_WINDOW_BLOCKS', 'QUANTRAC_POLICY', 'quantrac.nothing.v1 is no public topic'),
    );
    assert.throws(
      () => readSettings(ministrySyncSettings, { QUANTRAC_NODE_KEY: 'key.pem' }),
      named('QUANTRAC_NODE_KEY'),
    );
  });

  test('take an address of either kind', () => {
    for (const ministry of ['127.0.0.1:7443', 'quantrac.monre.gov.vn:7443', '[::1]:7443', 'unix:/run/national.sock'])
      assert.equal(ministrySyncSettings.parse({ ministry }).ministry, ministry);
  });

  test('let a type be forwarded only from its own topic', () => {
    const policy = (topic: string, type: string) => ({ policy: [{ records: { [topic]: [type] } }] });
    const fails = (given: object) => ministrySyncSettings.safeParse(given).success === false;
    assert.ok(fails(policy(topics.observationsReceived.name, 'IntakeAdvanced')));
    assert.ok(fails(policy(topics.stations.name, 'ReviewRecorded')));
    assert.ok(fails(policy(topics.rechecks.name, 'RecheckAsked')));
    assert.ok(!fails(policy(topics.observationsChecked.name, 'IntakeAdvanced')));
  });
});
