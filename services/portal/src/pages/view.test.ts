import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Status } from '../api/status.ts';
import { texts, words } from './texts.ts';
import { viewOf } from './view.ts';

const status: Status = {
  tier: 'province',
  node: 'n1',
  at: '2026-01-15T01:30:00.000Z',
  services: [
    { service: 'ingestion', up: true, groups: [] },
    { service: 'alerting', up: true, groups: [{ group: 'episodes', active: false, lastError: 'disk full' }] },
    { service: 'enterprise-compliance', up: true, groups: [{ group: 'days', active: true, contradicted: 1234 }] },
    { service: 'quality-control', up: true, groups: [{ group: 'checking', active: false }] },
    { service: 'ministry-sync', up: false, groups: [] },
  ],
  sections: { files: { received: 12_345, odd: 'constructor' }, held: {}, replication: null },
};

describe('what the status page shows', () => {
  const vi = viewOf(status, 'vi');
  const en = viewOf(status, 'en');

  it('is said in Vietnamese and in English', () => {
    assert.deepEqual(
      [vi, en].map(({ title, sections }) => [title, ...sections.map((section) => section.title)]),
      [
        ['Quantrac: trạng thái nút tỉnh', 'Dịch vụ', 'Tệp đã nhận', 'Đang giữ lại', 'Truyền về bộ'],
        ['Quantrac: state of the province node', 'Services', 'Files received', 'Held', 'To the ministry'],
      ],
    );
    assert.deepEqual(Object.keys(texts.vi), Object.keys(texts.en));
    for (const [name, both] of Object.entries(words)) assert.ok(both.length === 2 && both.every(Boolean), name);
  });

  it('writes numbers as each language does, and names that nobody translated as they are', () => {
    assert.deepEqual(vi.sections[1]!.lines, [
      { name: 'đã nhận', value: '12.345' },
      { name: 'odd', value: 'constructor' },
    ]);
    assert.equal(en.sections[1]!.lines[0]!.value, '12,345');
  });

  it('tells times as Vietnamese clocks show them', () => {
    assert.equal(en.asOf, 'n1 · As of 15/01/2026, 08:30:00');
    const nodes = { n2: { lastSeen: '2026-01-15T18:00:00.000Z' } };
    const [, node] = viewOf({ ...status, tier: 'national', sections: nodes }, 'en').sections;
    assert.deepEqual(node?.lines, [{ name: 'last seen', value: '16/01/2026, 01:00:00' }]);
  });

  it('tells up, failing, contradicting what stands, standing by and down apart', () =>
    assert.deepEqual(en.sections[0]!.lines, [
      { name: 'Ingestion', value: 'up', tone: 'good' },
      { name: 'Alerting', value: 'episodes: disk full', tone: 'bad' },
      { name: 'Enterprise compliance', value: 'days: 1,234 contradicting versions', tone: 'bad' },
      { name: 'Quality control', value: 'stands by' },
      { name: 'Ministry sync', value: 'does not answer', tone: 'bad' },
    ]));

  it('tells nothing there and nobody who knows apart', () =>
    assert.deepEqual(
      en.sections.slice(2).map(({ lines, note }) => [lines.length, note]),
      [
        [0, 'none'],
        [0, 'does not answer'],
      ],
    ));
});
