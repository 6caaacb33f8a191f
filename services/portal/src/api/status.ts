import type { Peer } from '@quantrac/service';
import { ALIVE_WITHIN_MS } from './asking.ts';
import type { Tier } from './catalog.ts';

export interface ServiceState {
  readonly service: string;
  readonly up: boolean;
  readonly groups: readonly { group: string; active: boolean; lastError?: string; contradicted?: number }[];
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
/** Looking takes at most this part of the time, unless the state would become too old. */
const LOOKING_SHARE = 0.1;
const LOOK_AGAIN_WITHIN_MS = 10_000;
const MOST_ROWS = 10_000;

type Row = Readonly<Record<string, unknown>>;
/** null: the owner does not answer. */
type Ask = (service: string, query: string, args?: object) => Promise<readonly Row[] | null>;

/** The state as it was looked at last; one look serves everybody who asks meanwhile, and an expensive one serves longer. */
export function statusLookout(
  tier: Tier,
  node: string,
  peer: (service: string) => Peer,
  access: () => Figures,
): () => Promise<Status> {
  let last: Promise<Status> | undefined;
  let until = Infinity;
  const look = async (): Promise<Status> => {
    const services = await Promise.all(servicesOf[tier].map((service) => stateOf(service, peer)));
    const begun = performance.now();
    const sections = { ...(await sectionsOf(tier, services, peer)), access: access() };
    const ended = performance.now();
    until = ended + Math.min(LOOK_AGAIN_WITHIN_MS, Math.max(LOOK_EVERY_MS, (ended - begun) / LOOKING_SHARE));
    return { tier, node, at: new Date().toISOString(), services, sections };
  };
  return () => {
    if (last && performance.now() < until) return last;
    until = Infinity;
    last = look();
    return last;
  };
}

/** What a person wants to see first: what came, what waits, what is wrong. */
function sectionsOf(
  tier: Tier,
  services: readonly ServiceState[],
  peer: (service: string) => Peer,
): Promise<Status['sections']> {
  const ask: Ask = async (service, query, args = {}) => {
    if (!services.find((state) => state.service === service)?.up) return null;
    const asked = peer(service).query<Row>(query, args, { withinMs: FIGURES_WITHIN_MS });
    return asked.catch(() => null);
  };
  return tier === 'national' ? nationalSections(ask) : provinceSections(ask);
}

async function stateOf(service: string, peer: (service: string) => Peer): Promise<ServiceState> {
  try {
    const asked = { withinMs: ALIVE_WITHIN_MS };
    return {
      service,
      up: true,
      groups: await peer(service).query<ServiceState['groups'][number]>('health', {}, asked),
    };
  } catch {
    return { service, up: false, groups: [] };
  }
}

async function provinceSections(ask: Ask): Promise<Status['sections']> {
  const [registry, files, ingestion, quality, alerting, compliance, replication] = await Promise.all([
    ask('station-registry', 'counts'),
    ask('ingestion', 'intakeCounts'),
    ask('ingestion', 'counts'),
    ask('quality-control', 'counts'),
    ask('alerting', 'counts'),
    ask('enterprise-compliance', 'counts'),
    ask('ministry-sync', 'replication'),
  ]);
  const counts = { registry, ingestion, quality, alerting, compliance };
  const section = (owner: keyof typeof counts, name: string) => counts[owner] && sectionOf(counts[owner], name);
  return {
    stations: section('registry', 'stations'),
    files: files && filesOf(files[0]),
    held: section('ingestion', 'held'),
    readings: section('quality', 'readings'),
    'hourly-means': section('quality', 'hourly-means'),
    episodes: section('alerting', 'episodes'),
    incidents: section('alerting', 'incidents'),
    'compliance-days': section('compliance', 'compliance-days'),
    replication:
      replication && figures(replication[0], ['state', 'incarnation', 'appended', 'acknowledged', 'stops', 'problem']),
  };
}

const sectionOf = (rows: readonly Row[], section: string): Figures =>
  Object.fromEntries(
    rows.filter((row) => row.section === section).map(({ name, count }) => [String(name), Number(count)]),
  );

/** Uploads that were refused are counted in all, or by reason. */
const filesOf = ({ refused, ...row }: Row = {}): Figures => ({
  ...figures(row, ['received', 'accepted', 'held', 'repeat']),
  ...(typeof refused === 'object'
    ? figures(refused as Row, Object.keys(refused ?? {}))
    : figures({ refused }, ['refused'])),
});

const ofNode = [
  'state',
  'incarnation',
  'appended',
  'size',
  'applied',
  'lastSeen',
  'lateStations',
  'refusals',
  'faults',
];

async function nationalSections(ask: Ask): Promise<Status['sections']> {
  const [incidents, nodes] = await Promise.all([
    ask('national-aggregation', 'nationalIncidents', { limit: MOST_ROWS }),
    ask('national-aggregation', 'nodes'),
  ]);
  return {
    incidents: incidents && countBy(incidents, 'state'),
    ...(nodes ? Object.fromEntries(nodes.map((row) => [String(row.node), figures(row, ofNode)])) : { nodes: null }),
  };
}

const countBy = (rows: readonly Row[], field: string): Figures =>
  Object.fromEntries([...Map.groupBy(rows, (row) => String(row[field]))].map(([name, list]) => [name, list.length]));

const figures = (row: Row = {}, names: readonly string[]): Figures =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = row[name];
      return typeof value === 'number' || typeof value === 'string' ? [[name, value] as const] : [];
    }),
  );
