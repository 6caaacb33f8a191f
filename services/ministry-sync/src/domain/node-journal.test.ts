import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fold } from '@quantrac/event-sourcing';
import { specification } from '@quantrac/event-sourcing/given';
import { carriedFrom, type NodeJournalEvent, nodeJournal, type Opening, type Stop } from './node-journal.ts';

const given = specification(nodeJournal);
const at = '2026-01-15T01:30:00.000Z';
const stop: Stop = { incarnation: 1, code: 'ReceiverAhead', message: 'the ministry holds more', size: 10, at };
const stopped: NodeJournalEvent = { type: 'ReplicationStopped', data: stop };
const extent = (incarnation: number, size: number) => ({ incarnation, size, root: '00' });
const opening = (incarnation: number, common: { incarnation: number; size: number }): Opening => ({
  incarnation,
  common: { ...common, root: '00' },
  here: extent(1, 12),
  there: extent(1, 15),
  carried: [],
  everything: false,
  reason: 'restored from a copy',
  by: 'operator',
  at,
});
const opened = (incarnation: number, common: { incarnation: number; size: number }): NodeJournalEvent => ({
  type: 'IncarnationOpened',
  data: opening(incarnation, common),
});
const sections = (...past: NodeJournalEvent[]) => fold(nodeJournal, past).sections;

describe("a node's journal", () => {
  test('stops once, until the next incarnation is opened', () => {
    given()
      .when({ type: 'StopReplication', ...stop })
      .then(stopped);
    given(stopped)
      .when({ type: 'StopReplication', ...stop, code: 'JournalForked' })
      .thenNothing();
    given(stopped, opened(2, { incarnation: 1, size: 10 }))
      .when({ type: 'StopReplication', ...stop })
      .thenNothing();
    given(stopped, opened(2, { incarnation: 1, size: 10 }))
      .when({ type: 'StopReplication', ...stop, incarnation: 2 })
      .then({ type: 'ReplicationStopped', data: { ...stop, incarnation: 2 } });
  });

  test('gets another incarnation only while it has stopped, and never one that was used', () => {
    const next = { type: 'OpenIncarnation', ...opening(2, { incarnation: 1, size: 10 }) } as const;
    given().when(next).thenRejected('ReplicationNotStopped');
    given(stopped)
      .when(next)
      .then(opened(2, { incarnation: 1, size: 10 }));
    given(stopped)
      .when({ ...next, incarnation: 1 })
      .thenRejected('IncarnationUsed');
  });

  test('ends an incarnation where both sides agree', () => {
    assert.deepEqual(sections(), [{ incarnation: 1 }]);
    const second = opened(2, { incarnation: 1, size: 10 });
    assert.deepEqual(sections(stopped, second), [{ incarnation: 1, end: 10 }, { incarnation: 2 }]);
    const third = opened(3, { incarnation: 2, size: 4 });
    assert.deepEqual(sections(stopped, second, stopped, third), [
      { incarnation: 1, end: 10 },
      { incarnation: 2, end: 4 },
      { incarnation: 3 },
    ]);
    // The ministry was restored to the first one, the node had opened the second.
    assert.deepEqual(sections(stopped, second, stopped, opened(3, { incarnation: 1, size: 7 })), [
      { incarnation: 1, end: 7 },
      { incarnation: 3 },
    ]);
    // The ministry holds nothing any more.
    assert.deepEqual(sections(stopped, second, stopped, opened(3, { incarnation: 0, size: 0 })), [{ incarnation: 3 }]);
    // The node was restored to before the incarnation that the ministry is at.
    assert.deepEqual(sections(stopped, opened(5, { incarnation: 4, size: 0 })), [
      { incarnation: 4, end: 0 },
      { incarnation: 5 },
    ]);
  });

  test('carries over what the ministry lacks, without the openings', () => {
    const sizes = new Map([
      [1, 12],
      [2, 9],
    ]);
    const both = [{ incarnation: 1, end: 10 }, { incarnation: 2 }];
    assert.deepEqual(carriedFrom([{ incarnation: 1 }], sizes, { incarnation: 1, size: 10 }), [
      { incarnation: 1, from: 11, to: 12 },
    ]);
    assert.deepEqual(carriedFrom([{ incarnation: 1 }], sizes, { incarnation: 1, size: 12 }), []);
    assert.deepEqual(carriedFrom(both, sizes, { incarnation: 2, size: 9 }), []);
    assert.deepEqual(carriedFrom(both, sizes, { incarnation: 1, size: 7 }), [
      { incarnation: 1, from: 8, to: 10 },
      { incarnation: 2, from: 2, to: 9 },
    ]);
    assert.deepEqual(carriedFrom(both, sizes, { incarnation: 0, size: 0 }), [
      { incarnation: 1, from: 1, to: 10 },
      { incarnation: 2, from: 2, to: 9 },
    ]);
  });
});
