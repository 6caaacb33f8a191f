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

export type ClaimsCommand = NamesChange & { readonly station: string; readonly at: Instant };

/**
 * The names of all stations of a node: one stream, so that of two who want a name one loses the race and sees the other;
 * a station's own stream follows it by number, so nothing is reserved and then left, and nothing released too late.
 * The newest claim first: a claim costs one link, however many there are.
 */
export interface Claims {
  /** How many claims there have been. */
  readonly number: number;
  readonly newest?: ClaimsEvent['data'];
  readonly before?: Claims;
}

export const noNames: StationNames = { prefixes: [], aliases: [] };

export interface ClaimedNames {
  readonly names: StationNames;
  readonly at: Instant;
  /** Of the claim; higher is newer. */
  readonly number: number;
}

export const namesByStation = (claims: Claims): ReadonlyMap<string, ClaimedNames> => {
  const found = new Map<string, ClaimedNames>();
  for (let link: Claims | undefined = claims; link?.newest; link = link.before) {
    const { station, names, at } = link.newest;
    if (!found.has(station)) found.set(station, { names, at, number: link.number });
  }
  return found;
};

const decide = (command: ClaimsCommand, claims: Claims): readonly ClaimsEvent[] => {
  const { station, at } = command;
  const held = namesByStation(claims);
  const before = held.get(station)?.names ?? noNames;
  const names = changed(before, command);
  if (isSame(names, before)) return [];
  for (const [owner, { names: theirs }] of held) if (owner !== station) refuseShared(names, theirs, owner);
  return [{ type: 'NamesClaimed', data: { station, names, at } }];
};

const evolve = (claims: Claims, { data }: ClaimsEvent): Claims => ({
  number: claims.number + 1,
  newest: data,
  before: claims,
});

export const claims: Decider<Claims, ClaimsCommand, ClaimsEvent> = { initial: { number: 0 }, decide, evolve };

/** Names are compared in NFC without case. */
export const isSameName = (one: string, other: string): boolean => normaliseSymbol(one) === normaliseSymbol(other);

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

/** Throws where one name would lead to two stations. */
const refuseShared = (names: StationNames, theirs: StationNames, owner: string): void => {
  const taken = (code: string, what: string) =>
    Fault.rejected(code, `${what} belongs to station ${owner}: remove it there first, or correct it here`);
  const prefix = names.prefixes.find((ours) => theirs.prefixes.some((held) => isSameName(held, ours)));
  if (prefix !== undefined) throw taken('PrefixTaken', `the prefix ${prefix}`);
  if (names.folder && theirs.folder && isSameName(names.folder.code, theirs.folder.code))
    throw taken('FolderTaken', `the folder ${names.folder.code}`);
  const alias = names.aliases.find((ours) =>
    theirs.aliases.some((held) => isSameAlias(held, ours) && overlap(held, ours)),
  );
  if (alias !== undefined) throw taken('AliasTaken', `the alias ${alias.system} ${alias.code}`);
};
