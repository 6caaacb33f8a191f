import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { rejectedTopic, sequenceOf, sourceOf, type TopicDeclaration, toEntry, topics } from '@quantrac/contracts';
import { documented } from './documented.ts';
import { recordCheck } from './validate-records.ts';

const all = Object.values<TopicDeclaration>(topics);
const page = readFileSync(new URL('../../docs/integrators.md', import.meta.url), 'utf8');

describe('what integrators may read', () => {
  it('is apart from what is private by a prefix, which the example in the docs closes', () => {
    const closed =
      /--deny-principal User:integrator \\\n {2}--operation All --topic "\$\{KAFKA_PREFIX\}(\S+)" --resource-pattern-type prefixed/;
    const [, prefix] = closed.exec(documented('acls')) ?? [];
    assert.ok(prefix);
    for (const topic of [...all, rejectedTopic('episodes', 'alerting')])
      assert.equal(topic.name.startsWith(prefix), !topic.public, topic.name);
  });

  it('is told by topic, record and identity in the docs', () => {
    const identities = page.slice(page.indexOf('| record | one thing is |'));
    for (const { name, records } of all.filter((topic) => topic.public)) {
      assert.ok(page.includes(`| \`${name}\` |`), name);
      for (const type of Object.keys(records))
        assert.match(identities, new RegExp(`^\\| .*\\b${type}\\b.* \\| \``, 'm'));
    }
  });
});

describe('a public record', () => {
  const data = {
    node: 'hcm',
    incarnation: 1,
    appended: 3,
    acknowledged: 2,
    root: 'ab',
    state: 'streaming',
    stopped: null,
    knownAt: '2026-01-15T02:00:05.000Z',
  };
  const envelope = {
    key: 'hcm',
    type: 'ReplicationAdvanced',
    sequence: sequenceOf(1, 1, 0),
    knownAt: 0,
    source: sourceOf('hcm'),
  };
  const entry = (value: object) => toEntry(topics.replication.name, envelope, Buffer.from(JSON.stringify(value)));
  const check = recordCheck();

  it('is checked by its schema for what is missing, of another type or not described, at every level', () => {
    assert.deepEqual(check(entry(data)), []);
    const { root, ...rootless } = data;
    assert.match(check(entry(rootless)).join(), /^ReplicationAdvanced must have required property 'root'/);
    assert.match(check(entry({ ...data, appended: '3' })).join(), /^ReplicationAdvanced\/appended must be integer/);
    assert.match(check(entry({ ...data, knownAt: '2026-02-30T00:00:00.000Z' })).join(), /knownAt must match format/);
    assert.match(
      check(entry({ ...data, more: 1 })).join(),
      /^ReplicationAdvanced must NOT have additional properties.*more/,
    );
    const stopped = { code: 'c', message: 'm', more: 1 };
    assert.match(check(entry({ ...data, stopped })).join(), /ReplicationAdvanced\/stopped must NOT have additional/);
  });

  it('is checked as a CloudEvent in binary mode', () => {
    const good = entry(data);
    const { ce_id, ...idless } = good.headers;
    assert.match(check({ ...good, headers: idless }).join(), /^EventHeaders must have required property 'ce_id'/);
    assert.match(check({ ...good, headers: { ...good.headers, ce_time: 'now' } }).join(), /EventHeaders\/ce_time/);
    assert.match(check({ ...good, key: 'other' }).join(), /ce_subject hcm is not the key other/);
    assert.match(
      check({ ...good, headers: { ...good.headers, ce_type: 'Other' } }).join(),
      /no schema is published of Other/,
    );
  });
});
