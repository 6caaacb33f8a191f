import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { incidentRecorded } from '@quantrac/contracts';
import { specification } from '@quantrac/event-sourcing/given';
import { incidentOf, type SilenceEvent, silence } from './silence.ts';

const given = specification(silence);
const [lastHeard, at, later] = ['2026-01-15T01:20:00.000Z', '2026-01-15T01:30:00.000Z', '2026-01-15T02:00:00.000Z'];
const report = { type: 'ReportSilence', node: 'n1', lastHeard, at } as const;
const fell = (ordinal: number): SilenceEvent => ({
  type: 'NodeFellSilent',
  data: { node: 'n1', ordinal, lastHeard, at },
});
const heard: SilenceEvent = { type: 'NodeHeardAgain', data: { at: later } };

describe('a silent node', () => {
  test('is one incident until it is heard again, and another one the next time', () => {
    given().when(report).then(fell(1));
    given(fell(1)).when(report).thenNothing();
    given(fell(1)).when({ type: 'HearNode', at: later }).then(heard);
    given(fell(1), heard).when({ type: 'HearNode', at: later }).thenNothing();
    given().when({ type: 'HearNode', at: later }).thenNothing();
    given(fell(1), heard).when(report).then(fell(2));
  });

  test('is told as an incident of the national tier', () => {
    const open = incidentRecorded.parse(incidentOf([fell(1)]));
    assert.deepEqual(
      [open.incident, open.version, open.state, open.node, open.knownAt],
      ['n1/silent/1', 1, 'open', 'n1', at],
    );
    const resolved = incidentRecorded.parse(incidentOf([fell(1), heard]));
    assert.deepEqual([resolved.incident, resolved.version, resolved.state], ['n1/silent/1', 2, 'resolved']);
    assert.deepEqual(incidentOf([fell(1), heard, fell(2)]).incident, 'n1/silent/2');
  });
});
