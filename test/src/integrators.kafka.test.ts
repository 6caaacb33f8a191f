import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import { jarsOf } from '@quantrac/conformance/servers/jars';
import {
  type AggregateComputed,
  type ReviewRecorded,
  sequenceOf,
  sourceOf,
  toEntry,
  topics,
} from '@quantrac/contracts';
import { KafkaClient } from '@quantrac/event-log/kafka-client';
import { KafkaEventLog } from '@quantrac/event-log/kafka-event-log';
import { kafkaBrokers } from '@quantrac/event-log/kafka-stores-under-test';
import { temporaryFolder } from '@quantrac/testing';
import { documented, type Place, printed } from './documented.ts';
import { recordCheck } from './validate-records.ts';

const known = '2026-01-15T02:00:05.000Z';
const provenance = { knownAt: known, cause: 'receipt:hcm/7', root: 'receipt:hcm/7' };
const mean = (end: string, value: string): AggregateComputed => ({
  lane: 'official',
  station: 's1',
  channel: 'cod',
  parameter: 'COD',
  statistic: 'mean',
  length: '1h',
  end,
  version: 1,
  value,
  sum: value,
  unit: 'mg/L',
  expected: 1,
  received: 1,
  valid: 1,
  dataCapture: '1.000',
  state: 'closed',
  basis: 'ab',
  rules: '1',
  ...provenance,
});
const means = [mean('2026-01-15T01:00:00.000Z', '41.50'), mean('2026-01-15T02:00:00.000Z', '42.0')];
const review: ReviewRecorded = {
  review: 'r1',
  version: 1,
  station: 's1',
  channels: ['cod'],
  from: known,
  to: known,
  decision: 'rejected',
  reason: 'đầu đo bẩn',
  by: 'an',
  state: 'in-force',
  knownAt: known,
  cause: 'command:c1',
};

const entry = (topic: string, type: string, revision: number, data: object) =>
  toEntry(
    topic,
    { key: 's1', type, sequence: sequenceOf(1, revision, 0), knownAt: Date.parse(known), source: sourceOf('hcm') },
    Buffer.from(JSON.stringify(data)),
  );
const aggregates = means.map((data, index) => entry(topics.aggregates.name, 'AggregateComputed', index + 1, data));
const reviews = [entry(topics.reviews.name, 'ReviewRecorded', 3, review)];
const secret = [entry(topics.rechecks.name, 'RecheckAsked', 4, { recheck: 'internal', station: 's1' })];

/** Under the name that it has in a distribution of Kafka; its log would stand between the records. */
function addConsoleConsumer(folder: string, jars: string): void {
  symlinkSync(dirname(jars), join(folder, 'libs'));
  const java = `java -cp '${jars}' -Dorg.apache.logging.log4j.level=OFF org.apache.kafka.tools.consumer.ConsoleConsumer`;
  const command = join(folder, 'kafka-console-consumer.sh');
  writeFileSync(command, `#!/bin/sh\nexec ${java} "$@"\n`);
  chmodSync(command, 0o755);
}

describe('what docs/integrators.md says, done to a broker', { concurrency: 2 }, () => {
  const prefix = `test-${randomUUID().slice(0, 8)}.`;
  const brokers = kafkaBrokers();
  let client: KafkaClient;
  let place: Place;
  /** What gives the commands of Kafka, or why it cannot be had. */
  let jars: { readonly path: string } | { readonly missing: string };

  before(async () => {
    client = new KafkaClient({ brokers, clientId: 'integrators' });
    const log = await KafkaEventLog.open({ client, prefix, service: 'quality-control', replicationFactor: 1 });
    await log.publish(topics.aggregates, aggregates);
    await log.publish(topics.aggregates, aggregates.slice(1));
    await log.publish(topics.reviews, reviews);
    await log.publish(topics.rechecks, secret);
    await log.close();
    const folder = temporaryFolder();
    const variables = { KAFKA_BROKERS: brokers, KAFKA_PREFIX: prefix, PATH: `${folder}:${process.env.PATH}` };
    place = { folder, variables };
    jars = await jarsOf('kafka').then(
      (path) => ({ path }),
      ({ message }: Error) => ({ missing: message }),
    );
    if ('path' in jars) addConsoleConsumer(folder, jars.path);
  });
  after(async () => {
    await client.deleteTopics((await client.listTopics()).filter((name) => name.startsWith(prefix)));
    await client.close();
  });

  /** Whether this can be tried here; where it cannot, the test says so and passes. */
  async function has(t: TestContext, what: string, look: string): Promise<boolean> {
    const found = await printed(look, place).then(
      () => true,
      () => false,
    );
    if (!found) t.diagnostic(`not tried, ${what} is not installed here: ${t.name}`);
    return found;
  }
  function hasJars(t: TestContext): boolean {
    if ('missing' in jars) t.diagnostic(`not tried, Kafka's own tools cannot be had (${jars.missing}): ${t.name}`);
    return 'path' in jars;
  }
  const withGroup = (): Place => ({ ...place, variables: { ...place.variables, GROUP: `${prefix}${randomUUID()}` } });
  const texts = (entries: typeof aggregates) => entries.map(({ value }) => Buffer.from(value).toString());

  it('has published records that are as their schemas say', () => {
    assert.deepEqual([...aggregates, ...reviews].flatMap(recordCheck()), []);
  });

  it('kcat shows keys, headers and values of a topic from the beginning', async (t) => {
    if (!(await has(t, 'kcat', 'kcat -V'))) return;
    const lines = (await printed(documented('kcat'), place)).trimEnd().split('\n');
    assert.deepEqual(
      lines.map((_, at) => at).filter((at) => lines[at] === 's1'),
      [0, 3, 6],
    );
    assert.equal(
      lines[1],
      Object.entries(aggregates[0]!.headers)
        .map((pair) => pair.join('='))
        .join(','),
    );
    assert.deepEqual([lines[2], lines[5], lines[8]], [...texts(aggregates), texts(aggregates)[1]]);
  });

  it('kcat shows every public topic and no private one', async (t) => {
    if (!(await has(t, 'kcat', 'kcat -V'))) return;
    const lines = (await printed(documented('kcat-all'), place)).trimEnd().split('\n');
    const told = (topic: string, entries: typeof aggregates) =>
      texts(entries).map((text) => `${prefix}${topic} s1 ${text}`);
    assert.deepEqual(
      lines.toSorted(),
      [
        ...told(topics.aggregates.name, [...aggregates, aggregates[1]!]),
        ...told(topics.reviews.name, reviews),
      ].toSorted(),
    );
  });

  it("Kafka's console consumer shows keys, headers and values of a topic from the beginning", async (t) => {
    if (!hasJars(t)) return;
    const lines = (await printed(documented('console'), place)).trimEnd().split('\n');
    const shown = aggregates.map(({ headers, key, value }) => {
      const pairs = Object.entries(headers).map((pair) => pair.join(':'));
      return `${pairs.join(',')}\t${key}\t${Buffer.from(value)}`;
    });
    assert.deepEqual(lines, [...shown, shown[1]]);
  });

  it("Kafka's console consumer shows every public topic and no private one", async (t) => {
    if (!hasJars(t)) return;
    const lines = (await printed(documented('console-all'), place)).trimEnd().split('\n');
    assert.deepEqual(
      lines.toSorted(),
      texts([...aggregates, aggregates[1]!, ...reviews])
        .map((text) => `s1\t${text}`)
        .toSorted(),
    );
  });

  /** Each record once, repeats dropped, in the order of its key. */
  const taken = (output: string, spaced: (text: string) => string) => {
    const lines = output.trimEnd().split('\n');
    const read = (type: string) =>
      lines.filter((line) => line.startsWith(`${type} s1 `)).map((line) => spaced(line.slice(type.length + 4)));
    assert.deepEqual(read('AggregateComputed'), texts(aggregates));
    assert.deepEqual(read('ReviewRecorded'), texts(reviews));
    assert.equal(lines.length, 3, output);
  };

  it('the Python program takes each public record once', async (t) => {
    if (!(await has(t, 'confluent-kafka of Python', 'python3 -c "import confluent_kafka"'))) return;
    writeFileSync(join(place.folder, 'read_topics.py'), documented('read_topics.py'));
    taken(await printed('python3 read_topics.py', withGroup()), (text) => JSON.stringify(JSON.parse(text)));
  });

  it('the Java program takes each public record once', async (t) => {
    if (!hasJars(t) || !(await has(t, 'a JDK', 'javac -version'))) return;
    writeFileSync(join(place.folder, 'ReadTopics.java'), documented('ReadTopics.java'));
    taken(await printed("java -cp 'libs/*' ReadTopics.java", withGroup()), (text) => text);
  });
});
