import { hash } from 'node:crypto';
import { toInstant } from '@quantrac/regulations';
import type { Identity } from './identity.ts';

/** One version of one thing, as both ends of the replication compare it. */
export interface Fact {
  readonly place: Place;
  /** Type, series, time, version and the SHA-256 of the value, with spaces between. */
  readonly line: string;
}

/** Where facts are compared: a station (or what else keys the topic), an hour, a topic. */
export interface Place {
  readonly station: string;
  /** The instant at which the hour begins; empty: facts that belong to no time. */
  readonly hour: string;
  /** The topic's name. */
  readonly collection: string;
}

export interface Digest extends Place {
  readonly facts: number;
  /** SHA-256 over the sorted lines, each with its line end. */
  readonly digest: string;
}

export interface Difference extends Place, Identity {
  readonly difference: 'missing here' | 'missing there' | 'other bytes';
  readonly type: string;
}

const HOUR_MS = 3_600_000;

/** The hours whose facts are compared: those that begin in [from, to), ms; facts without time always are. */
export interface Hours {
  readonly from: number;
  readonly to: number;
}

/** From two instants (ISO text) where they are given: without them, all hours. */
export const hoursBetween = (from?: string, to?: string): Hours => ({
  from: from ? roundedUp(Date.parse(from)) : 1,
  to: to ? roundedUp(Date.parse(to)) : Number.MAX_SAFE_INTEGER,
});

const roundedUp = (ms: number): number => Math.ceil(ms / HOUR_MS) * HOUR_MS;

export const isWithin = ({ from, to }: Hours, time: number): boolean => time === 0 || (time >= from && time < to);

export function factOf(
  collection: string,
  station: string,
  { type, series, time, version }: Identity & { readonly type: string },
  value: Uint8Array,
): Fact {
  const hour = time === 0 ? '' : toInstant(Math.floor(time / HOUR_MS) * HOUR_MS);
  const line = `${type} ${series} ${time} ${version} ${hash('sha256', value, 'hex')}`;
  return { place: { station, hour, collection }, line };
}

/** Facts by place; a repeat of a fact counts once. */
export interface Gathered {
  readonly add: (fact: Fact) => void;
  readonly digests: () => readonly Digest[];
  readonly lines: (place: Place) => readonly string[];
}

export function gather(): Gathered {
  const places = new Map<string, { place: Place; lines: Set<string> }>();
  return {
    add({ place, line }) {
      const name = nameOf(place);
      const found = places.get(name);
      if (found) found.lines.add(line);
      else places.set(name, { place, lines: new Set([line]) });
    },
    digests: () => [...places.values()].map(({ place, lines }) => digestOf(place, [...lines])),
    lines: (place) => [...(places.get(nameOf(place))?.lines ?? [])],
  };
}

/** What a digest says as its hour when it is over all of them. */
const ALL_HOURS = 'all';
const SUM_WORDS = 8;

/**
 * One digest a station and topic, over all hours and in whatever order, in little memory: the sum of the hashes of its facts' lines.
 * A fact that comes twice makes another sum; the hours tell whether that is a difference.
 */
export function tally(): Pick<Gathered, 'add' | 'digests'> {
  const sums = new Map<string, { place: Place; facts: number; sum: Uint32Array }>();
  return {
    add({ place: { station, collection }, line }) {
      const place = { station, hour: ALL_HOURS, collection };
      const name = nameOf(place);
      const found = sums.get(name) ?? { place, facts: 0, sum: new Uint32Array(SUM_WORDS) };
      if (found.facts++ === 0) sums.set(name, found);
      const bytes = hash('sha256', line, 'buffer');
      for (let word = 0; word < SUM_WORDS; word++) found.sum[word]! += bytes.readUInt32LE(word * 4);
    },
    digests: () =>
      [...sums.values()].map(({ place, facts, sum }) => ({
        ...place,
        facts,
        digest: Buffer.from(sum.buffer).toString('hex'),
      })),
  };
}

const nameOf = ({ station, hour, collection }: Place): string => `${collection}\n${hour}\n${station}`;

function digestOf({ station, hour, collection }: Place, lines: readonly string[]): Digest {
  const text = lines.toSorted().map((line) => `${line}\n`);
  return { station, hour, collection, facts: lines.length, digest: hash('sha256', text.join(''), 'hex') };
}

/** The places whose digests are not the same on both sides, by collection, hour and station. */
export function unequalPlaces(here: readonly Digest[], there: readonly Digest[]): readonly Place[] {
  const unequal = new Map(here.map((digest) => [nameOf(digest), digest]));
  for (const digest of there) {
    const name = nameOf(digest);
    if (unequal.get(name)?.digest === digest.digest) unequal.delete(name);
    else unequal.set(name, digest);
  }
  return [...unequal]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { station, hour, collection }]) => ({ station, hour, collection }));
}

/** What differs at a place, fact by fact, from the lines of both sides. */
export function differencesAt(place: Place, here: readonly string[], there: readonly string[]): readonly Difference[] {
  const [ours, theirs] = [bytesByIdentity(here), bytesByIdentity(there)];
  const names = [...new Set([...ours.keys(), ...theirs.keys()])].sort();
  return names.flatMap((name) => {
    const [our, their] = [ours.get(name), theirs.get(name)];
    if (our === their) return [];
    const difference = our === undefined ? 'missing here' : their === undefined ? 'missing there' : 'other bytes';
    return { ...place, difference, ...identityIn(name) };
  });
}

/** The hash of each fact's value; of all of them, where one side holds several under one identity. */
function bytesByIdentity(lines: readonly string[]): Map<string, string> {
  const bytes = new Map<string, string>();
  for (const line of lines.toSorted()) {
    const end = line.lastIndexOf(' ');
    const name = line.slice(0, end);
    bytes.set(name, `${bytes.get(name) ?? ''}${line.slice(end)}`);
  }
  return bytes;
}

/** A series may hold spaces, the other parts hold none. */
function identityIn(name: string): Identity & { readonly type: string } {
  const words = name.split(' ');
  const series = words.slice(1, -2).join(' ');
  return { type: words[0]!, series, time: Number(words.at(-2)), version: Number(words.at(-1)) };
}

const MOST_READINGS = 5;

export interface Readings<Place, Found> {
  readonly read: (place: Place) => Promise<readonly Found[]>;
  readonly nameOf: (found: Found) => string;
  /** Between two readings: what is under way arrives meanwhile. */
  readonly pause: () => Promise<void>;
  readonly limit: number;
}

/** What is found at some places at every one of several readings; what comes while both sides are read is gone in the next. */
export async function lasting<Place, Found>(
  places: readonly Place[],
  { read, nameOf, pause, limit }: Readings<Place, Found>,
): Promise<readonly Found[]> {
  let found = new Map<Place, readonly Found[]>();
  const count = () => [...found.values()].reduce((sum, { length }) => sum + length, 0);
  for (const place of places) {
    if (count() >= limit) break;
    const there = await read(place);
    if (there.length > 0) found.set(place, there.slice(0, limit - count()));
  }
  for (let reading = 2; reading <= MOST_READINGS && found.size > 0; reading++) {
    await pause();
    const before = count();
    const still = new Map<Place, readonly Found[]>();
    for (const [place, were] of found) {
      const known = new Set(were.map(nameOf));
      const are = (await read(place)).filter((one) => known.has(nameOf(one)));
      if (are.length > 0) still.set(place, are);
    }
    found = still;
    if (count() === before) break;
  }
  return [...found.values()].flat();
}
