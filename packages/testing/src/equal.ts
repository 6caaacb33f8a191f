import { type TopicDeclaration, topicNamed, topics } from '@quantrac/contracts';
import { identifiedTopics, identityOf } from '@quantrac/contracts/identity';
import type { LogRecord } from '@quantrac/event-log';
import type { Peer } from '@quantrac/service';
import { type ReceiptRanks, ranked, receiptRanks } from './receipt-ranks.ts';
import { contentOf, type Fields, incidentAbout, isResult, nameOf } from './result-content.ts';

/** What the services of a node hold, by topic name: every record, as History gives them. */
export type Results = ReadonlyMap<string, readonly LogRecord[]>;

export interface EqualOptions {
  /** Compares incidents too, by the episodes that they are about: for two sets of results of the same intake at the same times. */
  readonly incidents?: boolean;
  /** Compares every version with all its fields, receipts by their order for the key, and incidents as above: likewise, where each key's records came in the same order. */
  readonly histories?: boolean;
}

export interface ResultDifference {
  readonly topic: string;
  /** The key of the records. */
  readonly key: string;
  /** Type and identity; with histories the version too. */
  readonly thing: string;
  readonly difference: 'missing here' | 'missing there' | 'not equal';
  /** Where the contents differ; empty where one side has none. */
  readonly fields: readonly FieldDifference[];
}

export interface FieldDifference {
  /** `readings.COD.value` */
  readonly path: string;
  readonly here: unknown;
  readonly there: unknown;
}

/** Reads the results of one node from their owners. */
export async function resultsOf(
  peer: (service: string) => Pick<Peer, 'history'>,
  ofTopics: readonly TopicDeclaration[] = identifiedTopics,
): Promise<Results> {
  const read = async ({ name, producer }: TopicDeclaration) => {
    const records: LogRecord[] = [];
    for await (const batch of peer(producer).history(name)) records.push(...batch);
    return [name, records] as const;
  };
  return new Map(await Promise.all(ofTopics.map(read)));
}

/**
 * Every difference between two sets of results (DESIGN 7.1 "Equal"): none, when they have the same identities, current values, flags,
 * reasons, basis and episodes, by topic, key and thing. Version counts, processing times and the order between topics do not matter.
 */
export function differencesBetween(
  here: Results,
  there: Results,
  { incidents = false, histories = false }: EqualOptions = {},
): readonly ResultDifference[] {
  const names = [...new Set([...here.keys(), ...there.keys()])].filter(isTold).sort();
  const [ours, theirs] = histories ? [receiptRanks(here), receiptRanks(there)] : [];
  return names.flatMap((topic) => {
    const thingsOf = (results: Results, ranks: ReceiptRanks | undefined) => {
      if (topicNamed(topic) === topics.incidents) return incidents || histories ? currentIncidents(results) : new Map();
      const records = results.get(topic) ?? [];
      return ranks ? allVersions(records, ranks) : currentThings(records, topic);
    };
    return unequal(topic, thingsOf(here, ours), thingsOf(there, theirs));
  });
}

interface Thing {
  readonly key: string;
  readonly thing: string;
  readonly content: unknown;
}

/** By key and thing. */
type Things = ReadonlyMap<string, Thing>;

interface Version extends Thing {
  readonly type: string;
  readonly version: number;
  readonly data: Fields;
}

/** What a service asks of itself is how a result was reached. */
const isTold = (topic: string): boolean => topicNamed(topic)?.public !== false;

/** Progress of the intake is how a result was reached, not a result. */
const isThing = ({ headers }: LogRecord): boolean => headers.ce_type !== 'IntakeAdvanced';

function versionOf({ key, headers, value }: LogRecord): Version {
  const type = headers.ce_type!;
  const data = JSON.parse(Buffer.from(value).toString('utf8')) as Fields;
  const { series, time, version } = identityOf(type, data);
  const at = time === 0 ? '' : ` ${new Date(time).toISOString()}`;
  return { key, thing: `${type} ${series}${at}`, content: data, type, version, data };
}

function allVersions(records: readonly LogRecord[], ranks: ReceiptRanks): Things {
  const versions = records.filter(isThing).map(versionOf);
  return byName(
    versions.map((one) => ({
      ...one,
      thing: `${one.thing} version ${one.version}`,
      content: ranked(one.content, ranks.get(one.key)),
    })),
  );
}

/** The highest version of each thing, without what does not matter and what is withdrawn. */
function currentThings(records: readonly LogRecord[], topic: string): Things {
  const results = newestOf(records).filter(({ type, data }) => isResult(type, data));
  const things = results.map(({ key, thing, type, data }) => ({
    key,
    thing: nameOf(type, data) ?? thing,
    content: contentOf(type, data),
  }));
  return byName(topic === topics.episodes.name ? numbered(things) : things);
}

/** Incidents are named after what they are about: their own ids, like those of episodes, are given in the order of arrival. */
function currentIncidents(results: Results): Things {
  const episodes = newestOf(results.get(topics.episodes.name) ?? []).filter(({ type, data }) => isResult(type, data));
  const names = new Map(episodes.map(({ key, type, data }) => [data.episode, `${key} ${nameOf(type, data)}`]));
  const incidents = newestOf(results.get(topics.incidents.name) ?? []).map(({ data }) => incidentAbout(names, data));
  return byName(numbered(incidents.filter((one) => one !== undefined)));
}

function newestOf(records: readonly LogRecord[]): readonly Version[] {
  const newest = new Map<string, Version>();
  for (const version of records.filter(isThing).map(versionOf)) {
    const name = placeOf(version);
    if ((newest.get(name)?.version ?? 0) < version.version) newest.set(name, version);
  }
  return [...newest.values()];
}

/** What stands there twice is one too many, however equal. */
function numbered(things: readonly Thing[]): readonly Thing[] {
  const groups = [...Map.groupBy(things, placeOf).values()];
  return groups.flatMap((group) =>
    group.map((one, index) => (index === 0 ? one : { ...one, thing: `${one.thing}, number ${index + 1}` })),
  );
}

const placeOf = ({ key, thing }: Thing): string => `${key}\n${thing}`;

const byName = (things: readonly Thing[]): Things => new Map(things.map((thing) => [placeOf(thing), thing]));

function unequal(topic: string, here: Things, there: Things): readonly ResultDifference[] {
  const places = [...new Set([...here.keys(), ...there.keys()])].sort();
  return places.flatMap((place): readonly ResultDifference[] => {
    const [ours, theirs] = [here.get(place), there.get(place)];
    const { key, thing } = (ours ?? theirs)!;
    if (!ours || !theirs)
      return [{ topic, key, thing, difference: ours ? 'missing there' : 'missing here', fields: [] }];
    const fields = fieldsUnequal('', ours.content, theirs.content);
    return fields.length === 0 ? [] : [{ topic, key, thing, difference: 'not equal', fields }];
  });
}

function fieldsUnequal(path: string, here: unknown, there: unknown): readonly FieldDifference[] {
  const [ours, theirs] = [partsOf(here), partsOf(there)];
  if (!ours || !theirs) return here === there ? [] : [{ path, here, there }];
  const names = [...new Set([...Object.keys(ours), ...Object.keys(theirs)])].sort();
  return names.flatMap((name) => fieldsUnequal(path === '' ? name : `${path}.${name}`, ours[name], theirs[name]));
}

/** Members of an object, and of a list by place; members of a list of channels by channel. */
function partsOf(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!Array.isArray(value)) return value as Fields;
  const channels = value.map((one) => (one as { channel?: unknown } | null)?.channel);
  const named = channels.every((name) => typeof name === 'string') && new Set(channels).size === value.length;
  return Object.fromEntries(value.map((one, index) => [named ? (channels[index] as string) : String(index), one]));
}
