import assert from 'node:assert/strict';
import { alertingService, alertingSettings } from '@quantrac/alerting';
import { type TopicDeclaration, topics } from '@quantrac/contracts';
import { identifiedTopics } from '@quantrac/contracts/identity';
import { enterpriseComplianceSettings } from '@quantrac/enterprise-compliance';
import { enterpriseComplianceService } from '@quantrac/enterprise-compliance/enterprise-compliance.service';
import type { EventLog, LogRecord } from '@quantrac/event-log';
import type { Commit } from '@quantrac/event-store';
import { qualityControlService, qualityControlSettings } from '@quantrac/quality-control';
import { type CommonSettings, type Hosted, host, type MakeService, nodeIdentity, peersOf } from '@quantrac/service';
import { eventually, type Results, resultsOf } from '@quantrac/testing';
import { allRecords } from './all-records.ts';
import { type NodeStores, openStoresOf } from './node-stores.ts';
import type { Ending } from './provinces.ts';
import { firstTold } from './told-once.ts';

/** What those who decide over an intake take from others: stations, what was received, and the permits that their limits come of. */
export interface Intake {
  readonly node: string;
  readonly stations: readonly LogRecord[];
  readonly received: readonly LogRecord[];
  readonly permits: readonly Commit<unknown>[];
}

const MOST = 1_000_000;
const deciding = ['quality-control', 'alerting', 'enterprise-compliance'];
/** What is compared of those who decide. */
export const decidedTopics = identifiedTopics.filter(({ producer }) => deciding.includes(producer));
/** Between two looks a teller that looks for work by itself has looked. */
const patience = { withinMs: 120_000, everyMs: 1000 };

/** The intake of a node that nobody works on. */
export async function intakeOf(stores: NodeStores): Promise<Intake> {
  const { node } = nodeIdentity(stores.data);
  const recordsOf = async (topic: TopicDeclaration) => {
    const { log, close } = await openStoresOf(stores, topic.producer);
    return allRecords(log, topic).finally(close);
  };
  const { events, close } = await openStoresOf(stores, 'enterprise-compliance');
  const permits = await events.readAll(0, MOST).finally(close);
  const [stations, received] = [await recordsOf(topics.stations), await recordsOf(topics.observationsReceived)];
  return { node, stations, received, permits };
}

/**
 * Gives an intake to those who decide over it, on new stores of a node of the same name, all at once, so that whoever is quicker runs ahead;
 * their histories once all is decided.
 */
export async function historiesOver(t: Ending, intake: Intake, stores: NodeStores): Promise<Results> {
  nodeIdentity(stores.data, intake.node);
  await publish(stores, topics.stations, intake.stations);
  await grant(stores, intake.permits);
  // whoever reads a topic before it is there waits for it
  await publish(stores, topics.observationsReceived, []);
  const compliance = enterpriseComplianceSettings.parse(stores);
  const working = [
    await startDeciding('quality-control', qualityControlService, qualityControlSettings.parse(stores)),
    await startDeciding('enterprise-compliance', enterpriseComplianceService, compliance),
    await startDeciding('alerting', alertingService, alertingSettings.parse(stores)),
  ];
  const { peer, close } = peersOf(stores.data);
  t.after(async () => {
    close();
    for (const { hosted } of working) await hosted.stop();
  });
  const histories = () => resultsOf(peer, decidedTopics);
  // a change of limits among the readings would be another intake
  await settled(working, histories);
  await publish(stores, topics.observationsReceived, intake.received);
  return settled(working, histories);
}

async function publish(stores: NodeStores, topic: TopicDeclaration, records: readonly LogRecord[]): Promise<void> {
  const { log, close } = await openStoresOf(stores, topic.producer);
  await log.publish(topic, records).finally(close);
}

/** Limits are told by whoever has the permits. */
async function grant(stores: NodeStores, permits: readonly Commit<unknown>[]): Promise<void> {
  const { events, close } = await openStoresOf(stores, 'enterprise-compliance');
  for (const { streamId, fromVersion, events: decided, commandId, metadata } of permits)
    await events.append(streamId, fromVersion, decided, { commandId, metadata });
  await close();
}

interface Working {
  readonly hosted: Hosted;
  readonly log: EventLog;
}

async function startDeciding<Settings extends CommonSettings>(
  name: string,
  make: MakeService<Settings>,
  settings: Settings,
): Promise<Working> {
  let log: EventLog;
  const hosted = await host<Settings>({
    name,
    settings: { ...settings, logLevel: 'error' },
    make(stores, ...rest) {
      log = stores.log;
      return make(stores, ...rest);
    },
  });
  return { hosted, log: log! };
}

/** The histories once all that was told is taken, all that is known is told, and nothing more comes. */
async function settled(working: readonly Working[], histories: () => Promise<Results>): Promise<Results> {
  let before = '';
  return eventually(async () => {
    await assertTaken(working);
    const known = await histories();
    for (const { hosted, log } of working)
      for (const topic of decidedTopics.filter(({ producer }) => producer === hosted.name)) {
        assert.equal(firstTold(await allRecords(log, topic)).length, known.get(topic.name)!.length, topic.name);
      }
    const counts = JSON.stringify([...known].map(([topic, { length }]) => [topic, length]));
    const last = before;
    before = counts;
    assert.equal(counts, last);
    return known;
  }, patience);
}

/** Each may have told those behind it, and itself, while it was looked at. */
async function assertTaken(working: readonly Working[]): Promise<void> {
  for (const { hosted, log } of [...working, ...working]) {
    const lags = await log.behind();
    for (const { name: group, inputs } of hosted.definition.processors)
      for (const { name: topic } of inputs) {
        const lag = lags.find((one) => one.group === group && one.topic === topic);
        assert.equal(lag?.records, 0, `${group} takes ${topic}`);
      }
  }
}
