import { type Decider, Fault } from '@quantrac/event-sourcing';
import { normaliseSymbol } from '@quantrac/regulations';
import { endOf, type Instant, type Interval, overlap, shownInterval, startOf } from './interval.ts';
import { isSame } from './same.ts';

/** A code of the department, the ministry or an old server, while it holds. */
export interface Alias extends Interval {
  readonly system: string;
  readonly code: string;
}

export interface Folder {
  readonly code: string;
  readonly layout: number;
}

/** By what a station is known elsewhere: how its files begin, where they lie, what other systems call it. */
export interface StationNames {
  readonly prefixes: readonly string[];
  readonly folder?: Folder;
  readonly aliases: readonly Alias[];
}

/** Stored for ever: names and shapes are the storage format. */
export interface ClaimsEvent {
  readonly type: 'NamesClaimed';
  /** All names of the station from now on. */
  readonly data: { readonly station: string; readonly names: StationNames; readonly at: Instant };
}

export type NamesChange =
  | { readonly type: 'AddPrefix'; readonly prefix: string }
  | { readonly type: 'RemovePrefix'; readonly prefix: string }
  | { readonly type: 'SetFolder'; readonly folder: Folder }
  | { readonly type: 'RemoveFolder' }
  | ({ readonly type: 'AddAlias' } & Alias)
  | { readonly type: 'EndAlias'; readonly system: string; readonly code: string; readonly to: Instant };

/** The names of a station that was never registered are free again. */
type Release = { readonly type: 'ReleaseNames' };

export type ClaimsCommand = (NamesChange | Release) & { readonly station: string; readonly at: Instant };

/**
 * The names of all stations of a node: one stream, so that of two who want a name one loses the race and sees the other;
 * a station's own stream follows it by number, so nothing is reserved and then left, and nothing released too late.
 * The newest claim first: a claim costs one link, however many there are.
 */
export interface Claims {
  /** How many claims there have been. */
  readonly number: number;
  readonly newest?: Claim;
  readonly before?: Claims;
}

/** All names of one station. */
export interface Claim {
  readonly station: string;
  readonly names: StationNames;
  readonly at: Instant;
  /** Higher is newer. */
  readonly number: number;
  readonly keys: readonly NameKey[];
}

/** A name as it is compared: in NFC, without case, while it holds. */
interface NameKey extends Interval {
  readonly kind: 'prefix' | 'folder' | 'alias';
  readonly key: string;
  readonly shown: string;
}

export const noNames: StationNames = { prefixes: [], aliases: [] };

/** The claim of each station that is in force. */
export const claimsInForce = (claims: Claims): ReadonlyMap<string, Claim> => new Map(indexOf(claims).inForce);

/** The claims that hold one of the names while it is wanted. */
export const claimsOn = (claims: Claims, names: StationNames): readonly Claim[] =>
  claimsSharing(keysOf(names), indexOf(claims));

/** The stations that hold one of the names while it is wanted. */
export const holdersOf = (claims: Claims, names: StationNames): readonly string[] =>
  claimsOn(claims, names).map(({ station }) => station);

/** Names that changes of a station without any lead to. */
export const namesAfter = (changes: readonly NamesChange[]): StationNames => changes.reduce(changed, noNames);

const decide = (command: ClaimsCommand, claims: Claims): readonly ClaimsEvent[] => {
  const { station, at } = command;
  const index = indexOf(claims);
  const before = index.inForce.get(station)?.names ?? noNames;
  const names = command.type === 'ReleaseNames' ? noNames : changed(before, command);
  if (isSame(names, before)) return [];
  const wanted = keysOf(names);
  for (const other of claimsSharing(wanted, index)) if (other.station !== station) refuseShared(wanted, other);
  return [{ type: 'NamesClaimed', data: { station, names, at } }];
};

/** The claims in force, by their stations and by the stations of each key. */
interface Index {
  readonly inForce: Map<string, Claim>;
  readonly stationsByKey: Map<string, Set<string>>;
}

const indexes = new WeakMap<Claims, Index>();

/** Made of that of the claims before, which is given up for it: so a batch of claims is walked once, and not for each name. */
const indexOf = (claims: Claims): Index => {
  const later: Claim[] = [];
  let link: Claims | undefined = claims;
  for (; link?.newest && !indexes.has(link); link = link.before) later.push(link.newest);
  const index = (link && indexes.get(link)) ?? { inForce: new Map(), stationsByKey: new Map() };
  if (link && link !== claims) indexes.delete(link);
  for (const claim of later.reverse()) put(claim, index);
  indexes.set(claims, index);
  return index;
};

const put = (claim: Claim, { inForce, stationsByKey }: Index): void => {
  const { station } = claim;
  for (const { key } of inForce.get(station)?.keys ?? []) stationsByKey.get(key)?.delete(station);
  inForce.set(station, claim);
  for (const { key } of claim.keys) stationsByKey.set(key, (stationsByKey.get(key) ?? new Set<string>()).add(station));
};

/** Once each, though several names lead to one. */
const claimsSharing = (wanted: readonly NameKey[], { inForce, stationsByKey }: Index): readonly Claim[] => {
  const stations = new Set(wanted.flatMap(({ key }) => [...(stationsByKey.get(key) ?? [])]));
  return [...stations].map((station) => inForce.get(station)!).filter(({ keys }) => sharedKey(wanted, keys));
};

const evolve = (claims: Claims, { data }: ClaimsEvent): Claims => {
  const number = claims.number + 1;
  return { number, newest: { ...data, number, keys: keysOf(data.names) }, before: claims };
};

export const claims: Decider<Claims, ClaimsCommand, ClaimsEvent> = { initial: { number: 0 }, decide, evolve };

const keysOf = ({ prefixes, folder, aliases }: StationNames): readonly NameKey[] => {
  const always = { from: null, to: null };
  const keyOf = (kind: NameKey['kind'], shown: string, during: Interval): NameKey => {
    const { from, to } = during;
    return { kind, key: `${kind} ${normaliseSymbol(shown)}`, shown, from, to };
  };
  return [
    ...prefixes.map((prefix) => keyOf('prefix', prefix, always)),
    ...(folder ? [keyOf('folder', folder.code, always)] : []),
    ...aliases.map((alias) => keyOf('alias', `${alias.system} ${alias.code}`, alias)),
  ];
};

const sharedKey = (wanted: readonly NameKey[], held: readonly NameKey[]): NameKey | undefined =>
  wanted.find((ours) => held.some((theirs) => theirs.key === ours.key && overlap(theirs, ours)));

const codes = { prefix: 'PrefixTaken', folder: 'FolderTaken', alias: 'AliasTaken' } as const;

/** Throws where one name would lead to two stations. */
const refuseShared = (wanted: readonly NameKey[], { station, keys }: Claim): void => {
  const shared = sharedKey(wanted, keys);
  if (shared === undefined) return;
  const whose = `the ${shared.kind} ${shared.shown} belongs to station ${station}`;
  throw Fault.rejected(codes[shared.kind], `${whose}: remove it there first, or correct it here`);
};

const isSameName = (one: string, other: string): boolean => normaliseSymbol(one) === normaliseSymbol(other);

const isSameAlias = (one: Pick<Alias, 'system' | 'code'>, other: Pick<Alias, 'system' | 'code'>): boolean =>
  one.system === other.system && isSameName(one.code, other.code);

const changed = (names: StationNames, change: NamesChange): StationNames => {
  const { folder, ...withoutFolder } = names;
  switch (change.type) {
    case 'AddPrefix': {
      const prefix = prefixOf(change.prefix);
      if (names.prefixes.some((held) => isSameName(held, prefix))) return names;
      return { ...names, prefixes: [...names.prefixes, prefix] };
    }
    case 'RemovePrefix': {
      const prefix = prefixOf(change.prefix);
      return { ...names, prefixes: names.prefixes.filter((held) => !isSameName(held, prefix)) };
    }
    case 'SetFolder':
      return { ...names, folder: { code: change.folder.code.normalize('NFC').trim(), layout: change.folder.layout } };
    case 'RemoveFolder':
      return withoutFolder;
    case 'AddAlias':
      return { ...names, aliases: withAlias(names.aliases, change) };
    case 'EndAlias':
      return { ...names, aliases: withEnd(names.aliases, change) };
  }
};

/** The `_` before the time is no part of it. */
const prefixOf = (text: string): string => {
  const prefix = text
    .normalize('NFC')
    .trim()
    .replace(/[_\s]+$/, '');
  if (prefix === '') throw Fault.invalid('PrefixEmpty', 'write what stands before the time in the names of its files');
  return prefix;
};

const withAlias = (aliases: readonly Alias[], { system, code, from, to }: Alias): readonly Alias[] => {
  const alias = { system, code: code.normalize('NFC').trim(), from, to };
  if (startOf(alias) >= endOf(alias)) throw Fault.invalid('AliasEmpty', `alias ${code} ends before it begins`);
  const known = aliases.find((held) => isSameAlias(held, alias) && overlap(held, alias));
  if (known === undefined) return [...aliases, alias];
  if (startOf(known) === startOf(alias) && endOf(known) === endOf(alias)) return aliases;
  throw Fault.rejected(
    'AliasOverlaps',
    `${system} ${code} is its alias ${shownInterval(known)} already: end that one, or choose dates beside it`,
  );
};

const withEnd = (
  aliases: readonly Alias[],
  end: Pick<Alias, 'system' | 'code'> & { to: Instant },
): readonly Alias[] => {
  const ended = aliases.find((held) => isSameAlias(held, end) && startOf(held) < end.to && endOf(held) >= end.to);
  if (ended === undefined)
    throw Fault.notFound('AliasUnknown', `${end.system} ${end.code} is not its alias before ${end.to}: look it up`);
  return aliases.map((held) => (held === ended ? { ...held, to: end.to } : held));
};
