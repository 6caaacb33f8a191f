import type { Peer } from '@quantrac/service';
import { ALIVE_WITHIN_MS } from './asking.ts';
import type { Tier } from './catalog.ts';

export interface ServiceState {
  readonly service: string;
  readonly up: boolean;
  readonly groups: readonly { group: string; active: boolean; lastError?: string }[];
}

export type Figures = Readonly<Record<string, string | number>>;

export interface Status {
  readonly tier: Tier;
  readonly node: string;
  readonly at: string;
  readonly services: readonly ServiceState[];
  /** Figures by section and name, in the order in which they are shown; null: whoever knows them does not answer. */
  readonly sections: Readonly<Record<string, Figures | null>>;
}

const servicesOf: Readonly<Record<Tier, readonly string[]>> = {
  province: ['station-registry', 'ingestion', 'quality-control', 'alerting', 'enterprise-compliance', 'ministry-sync'],
  national: ['national-aggregation'],
};

const FIGURES_WITHIN_MS = 5000;
const LOOK_EVERY_MS = 1000;
/** Looking takes at most this part of the time. */
const LOOKING_SHARE = 0.1;
const MOST_ROWS = 10_000;

type Row = Readonly<Record<string, unknown>>;
type Ask = (service: string, query: string, args?: object) => Promise<readonly Row[]>;

/** The state as it was looked at last; one look serves everybody who asks meanwhile, and an expensive one serves longer. */
export function statusLookout(tier: Tier, node: string, peer: (service: string) => Peer): () => Promise<Status> {
  let look: Promise<Status> | undefined;
  let until = Infinity;
  return () => {
    if (look && performance.now() < until) return look;
    const begun = performance.now();
    until = Infinity;
    look = statusOf(tier, node, peer).finally(() => {
      const took = performance.now() - begun;
      until = begun + Math.max(LOOK_EVERY_MS, took / LOOKING_SHARE);
    });
    return look;
  };
}

/** What a person wants to see first: is everything up, what came, what waits, what is wrong. */
async function statusOf(tier: Tier, node: string, peer: (service: string) => Peer): Promise<Status> {
  const services = await Promise.all(servicesOf[tier].map((service) => stateOf(service, peer)));
  const ask: Ask = async (service, query, args = {}) => {
    if (!services.find((state) => state.service === service)?.up) throw new Error(`${service} is down`);
    return peer(service).query<Row>(query, args, { withinMs: FIGURES_WITHIN_MS });
  };
  const sections = tier === 'national' ? await nationalSections(ask) : await provinceSections(ask);
  return { tier, node, at: new Date().toISOString(), services, sections };
}

async function stateOf(service: string, peer: (service: string) => Peer): Promise<ServiceState> {
  try {
    const asked = { withinMs: ALIVE_WITHIN_MS };
    return { service, up: true, groups: await peer(service).query<ServiceState['groups'][number]>('health', {}, asked) };
  } catch {
    return { service, up: false, groups: [] };
  }
}

async function provinceSections(ask: Ask): Promise<Status['sections']> {
  const rows = { limit: MOST_ROWS };
  const [stations, files, held, episodes, opened, acknowledged, replication] = await Promise.all([
    orNull(ask('station-registry', 'stations', rows)),
    orNull(ask('ingestion', 'intakeCounts')),
    orNull(ask('ingestion', 'held', rows)),
    orNull(ask('alerting', 'episodes', { state: 'open', ...rows })),
    orNull(ask('alerting', 'incidents', { state: 'open', ...rows })),
    orNull(ask('alerting', 'incidents', { state: 'acknowledged', ...rows })),
    orNull(ask('ministry-sync', 'replication')),
  ]);
  return {
    stations: stations && countBy(stations, 'lifecycle'),
    files: files && figures(files[0], ['received', 'accepted', 'held', 'repeat']),
    held: held && countBy(held, 'reason'),
    episodes: episodes && countBy(episodes, 'rule'),
    incidents: opened && acknowledged && countBy([...opened, ...acknowledged], 'state'),
    replication:
      replication && figures(replication[0], ['state', 'incarnation', 'appended', 'acknowledged', 'stops', 'problem']),
  };
}

const ofNode = ['state', 'incarnation', 'appended', 'size', 'applied', 'lastSeen', 'lateStations', 'refusals', 'faults'];

async function nationalSections(ask: Ask): Promise<Status['sections']> {
  const [incidents, nodes] = await Promise.all([
    orNull(ask('national-aggregation', 'nationalIncidents', { limit: MOST_ROWS })),
    orNull(ask('national-aggregation', 'nodes')),
  ]);
  return {
    incidents: incidents && countBy(incidents, 'state'),
    ...(nodes ? Object.fromEntries(nodes.map((row) => [String(row.node), figures(row, ofNode)])) : { nodes: null }),
  };
}

const orNull = (asked: Promise<readonly Row[]>): Promise<readonly Row[] | null> => asked.catch(() => null);

const countBy = (rows: readonly Row[], field: string): Figures =>
  Object.fromEntries([...Map.groupBy(rows, (row) => String(row[field]))].map(([name, list]) => [name, list.length]));

const figures = (row: Row = {}, names: readonly string[]): Figures =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = row[name];
      return typeof value === 'number' || typeof value === 'string' ? [[name, value] as const] : [];
    }),
  );
