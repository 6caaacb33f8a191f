import assert from 'node:assert/strict';
import type {
  AggregateComputed,
  ChannelSettings,
  CheckedReading,
  ComplianceDayEvaluated,
  EpisodeRecorded,
  IncidentRecorded,
} from '@quantrac/contracts';
import { type NodeProcess, startNodeProcess } from '@quantrac/standalone/demo/node-process';
import {
  byTester,
  eventually,
  registerStation,
  stationFile,
  stationFileName,
  temporaryFolder,
} from '@quantrac/testing';
import { drivenSettings, HOUR_MS, MINUTE_MS, moveClock } from './loggers.ts';

/** What one file of a logger says; a value alone, or with its status. */
export interface Written {
  readonly time: number;
  readonly values: Readonly<Record<string, string | readonly [value: string, status: string]>>;
}

export interface Judged {
  readonly time: string;
  readonly cause: string;
  readonly version: number;
  readonly reading: CheckedReading;
}

export interface Answered {
  readonly outcome: string;
  readonly receipt: string;
  /** Why a file or lines of it are held. */
  readonly reason?: string;
}

/** A station of a whole node, as its logger and those who ask about it see it. */
export interface RuledStation {
  readonly station: string;
  /** Over HTTP, a file for each time, all in one request. */
  send(...files: readonly Written[]): Promise<readonly Answered[]>;
  readings(channel?: string): Promise<readonly Judged[]>;
  means(length?: '1h' | '24h'): Promise<readonly AggregateComputed[]>;
  episodes(rule: EpisodeRecorded['rule'], versions?: 'current' | 'all'): Promise<readonly EpisodeRecorded[]>;
  incidents(): Promise<readonly IncidentRecorded[]>;
  days(): Promise<readonly ComplianceDayEvaluated[]>;
}

export interface RuleNode {
  readonly node: NodeProcess;
  /** The next full hour of the node's clock, ms; tests begin there, each with a station of its own. */
  hour(): number;
  clock(to: number): Promise<void>;
  station(symbols: readonly string[], settings?: Partial<ChannelSettings>): Promise<RuledStation>;
  /** COD of the station may be 67.5 mg/L (75 in column A, Kq 0.9, Kf 1.0), and pH between 6 and 9. */
  limit(station: string, channels: readonly string[]): Promise<void>;
  stop(): Promise<void>;
}

const always = { from: '2000-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' };
const account = { user: 'logger', password: 'secret-of-logger' };

/** A province in one process; `start`: what its clock says first. */
export async function startRuleNode(start: number, data = temporaryFolder()): Promise<RuleNode> {
  const settings = await drivenSettings();
  const node = await startNodeProcess({ node: 'rules', data, settings: { ...settings, portalPort: 0 } });
  const { peer } = node;
  let now = start;
  let count = 0;
  const clock = async (to: number) => {
    await moveClock({ peer }, to);
    now = to;
  };
  await eventually(() => clock(start));
  return {
    node,
    hour: () => Math.ceil(now / HOUR_MS) * HOUR_MS,
    clock,
    async station(symbols, given = {}) {
      const prefix = `HCM_RULE_NT${String(++count).padStart(2, '0')}`;
      const station = await registerStation(peer('station-registry'), { prefix, symbols, settings: given, account });
      const ruled = ruledStation(node, settings.httpPort, { station, prefix });
      // The account is linked last: once a file of it is taken, ingestion has heard of the channels too.
      await eventually(async () =>
        assert.equal((await ruled.send({ time: start, values: {} }))[0]!.outcome, 'accepted'),
      );
      return ruled;
    },
    async limit(station, channels) {
      const compliance = peer('enterprise-compliance');
      const [enterprise, facility, from] = [`01${String(count).padStart(8, '0')}`, `facility-${count}`, '2020-01-01'];
      const rules = channels.map((channel) => ({
        station,
        channel,
        standard: 'QCVN 40:2011/BTNMT',
        column: 'A',
        factors: { Kq: '0.9', Kf: '1.0' },
      }));
      await compliance.handle('RegisterEnterprise', { enterprise, name: 'Công ty' }, byTester());
      const owned = { owner: enterprise, operatingSince: from, stations: [{ station }] };
      await compliance.handle(
        'RegisterFacility',
        { facility, name: 'Cơ sở', kind: 'polluting-type', ...owned },
        byTester(),
      );
      const permit = { permit: `permit-${count}`, facility, number: 'GPMT 1', from, rules };
      await compliance.handle('GrantPermit', permit, byTester());
    },
    stop: () => node.stop(),
  };
}

function ruledStation(
  { peer }: NodeProcess,
  port: number,
  { station, prefix }: { station: string; prefix: string },
): RuledStation {
  const authorization = `Bearer ${account.user}:${account.password}`;
  let files = 0;
  return {
    station,
    async send(...written) {
      const bodies = written.map(({ time, values }) => ({
        // A logger's names never repeat: a second file of one time is a correction.
        path: stationFileName(prefix, time + ++files * 1000),
        text: stationFile(
          time,
          Object.entries(values).map(([symbol, said]) =>
            typeof said === 'string' ? { symbol, value: said } : { symbol, value: said[0], status: said[1] },
          ),
        ),
      }));
      const answer = await fetch(`http://127.0.0.1:${port}/v1/files`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ files: bodies }),
      });
      assert.equal(answer.status, 200);
      return ((await answer.json()) as { files: Answered[] }).files;
    },
    readings: (channel) =>
      peer('quality-control').query('readings', { station, ...always, ...(channel && { channel }), limit: 10_000 }),
    means: (length = '1h') => peer('quality-control').query('aggregates', { station, ...always, length }),
    episodes: (rule, versions = 'current') => peer('alerting').query('episodes', { station, rule, versions }),
    incidents: () => peer('alerting').query('incidents', { station }),
    days: () =>
      peer('enterprise-compliance').query('complianceDays', { station, from: '2026-01-01', to: '2026-12-31' }),
  };
}

/** The same values every so many minutes, in (after, upTo]. */
export const every = (minutes: number, after: number, upTo: number, values: Written['values']): readonly Written[] =>
  Array.from({ length: Math.floor((upTo - after) / (minutes * MINUTE_MS)) }, (_, index) => ({
    time: after + (index + 1) * minutes * MINUTE_MS,
    values,
  }));

export const iso = (ms: number): string => new Date(ms).toISOString();
