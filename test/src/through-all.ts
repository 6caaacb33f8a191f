import { alertingSettings } from '@quantrac/alerting/config';
import { episodesProcessor } from '@quantrac/alerting/processors/episodes';
import { type LimitsRecorded, sequenceOf, type TopicDeclaration, toEntry, topics } from '@quantrac/contracts';
import { complianceDays } from '@quantrac/enterprise-compliance/processors/compliance-days';
import { aLimit } from '@quantrac/enterprise-compliance/testing/builders';
import type { LogRecord } from '@quantrac/event-log';
import { aChannel, aStation } from '@quantrac/ingestion/testing/records';
import { stationIntake, type TestFile } from '@quantrac/ingestion/testing/station-intake';
import { qualityControl } from '@quantrac/quality-control/processors/quality-control';
import { dayBounds } from '@quantrac/regulations';
import type { Output } from '@quantrac/stream-processing';
import { type Results, stationFile, stationFileName } from '@quantrac/testing';
import { driveProcessor, type Fed } from '@quantrac/testing/drive-processor';
import { HOUR_MS, MINUTE_MS } from './loggers.ts';
import type { Dice } from './seeded.ts';

const INTERVAL_MS = 15 * MINUTE_MS;
const { after: START, upTo: DAY_END } = dayBounds('2026-01-15');
export const END = DAY_END + 3 * HOUR_MS;
const station = aStation({
  channels: ['COD', 'TSS', 'pH'].map((symbol) =>
    aChannel(symbol, { intervalMs: INTERVAL_MS, deliveryMs: INTERVAL_MS }),
  ),
});
const bases = ['24h', '1h', 'reading'] as const;
const limits: LimitsRecorded = {
  station: station.station,
  facility: 'f1',
  version: 1,
  limits: bases.map((basis) => aLimit({ station: station.station, channel: 'COD', limit: basis, basis, upper: '60' })),
  knownAt: station.knownAt,
  cause: 'permit:p1',
};

/** A file as it is written; when it comes is another matter. */
export type Written = Pick<TestFile, 'path' | 'text'> & { readonly time: number };

/** A day of files without a contradiction: some in two parts, some twice, some never; a stretch of faults, one beyond the limits. */
export function writtenFiles({ below }: Dice): readonly Written[] {
  const [high, faulty, silent] = [below(20), below(22), below(22)];
  const files: Written[] = [];
  for (let time = START + INTERVAL_MS; time <= END; time += INTERVAL_MS) {
    const hour = Math.floor((time - START) / HOUR_MS);
    if (hour === silent || below(25) === 0) continue;
    const cod = (hour >= high && hour < high + 4 ? 70 : 40) + below(10);
    const status = hour === faulty ? '02' : '00';
    const lines = [
      { symbol: 'COD', value: `${cod}.${below(10)}`, status },
      { symbol: 'TSS', value: `${20 + below(15)}`, status: below(30) === 0 ? '01' : '00' },
      { symbol: 'pH', value: `7.${below(10)}` },
    ];
    const parts = below(6) === 0 ? [lines.slice(0, 1), lines.slice(1)] : [lines];
    for (const [part, some] of parts.entries()) {
      const file = { path: stationFileName('HCM_ABC_NT01', time + part * 1000), text: stationFile(time, some), time };
      files.push(file, ...(below(12) === 0 ? [file] : []));
    }
  }
  return files;
}

/**
 * Files and looks at the clock through intake, checks, means, episodes and days, each stage by what the one before tells; `as`: what
 * becomes of a record on its way.
 */
export function throughAll(
  arrivals: readonly TestFile[],
  as: (type: string, data: unknown) => unknown = (_, data) => data,
): Results {
  const intake = stationIntake(station);
  const settings = alertingSettings.parse({});
  const stages = [qualityControl({ dataCapturePercent: 75 }), episodesProcessor(settings), complianceDays(75)].map(
    (processor) => ({ inputs: processor.inputs.map(({ name }) => name), driven: driveProcessor(processor as never) }),
  );
  const results = new Map<string, LogRecord[]>();
  let number = 0;
  const tell = (topic: TopicDeclaration, type: string, data: unknown, knownAt: number): void => {
    const { station: key } = station;
    const envelope = { key, type, knownAt, sequence: sequenceOf(1, ++number, 0), source: 'urn:quantrac:node:n1' };
    const told = results.get(topic.name) ?? [];
    results.set(topic.name, told);
    told.push(toEntry(topic.name, envelope, Buffer.from(JSON.stringify(data))));
    const fed: Fed = { topic, key, type, data: as(type, data), knownAt };
    for (const { inputs, driven } of stages) if (inputs.includes(topic.name)) follow(driven.take(fed));
  };
  const follow = (outputs: readonly Output[]) => {
    for (const output of outputs)
      if (output.kind === 'row' && output.topic) tell(output.topic, output.type, output.data, output.knownAt);
  };
  tell(topics.stations, 'StationRecorded', station, 0);
  tell(topics.limits, 'LimitsRecorded', limits, 0);
  for (const file of arrivals) {
    follow(intake.look(file.at));
    follow(intake.send(file));
  }
  for (const hours of [4, 5, 6]) follow(intake.look(END + hours * HOUR_MS, 'everybody'));
  return results;
}

export const inOrder = (files: readonly Written[]): readonly TestFile[] =>
  files.map((file) => ({ ...file, at: file.time + MINUTE_MS }));
