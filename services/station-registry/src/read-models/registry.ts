import type { StationRecorded } from '@quantrac/contracts';
import { fold } from '@quantrac/event-sourcing';
import type { Commit, EventStore } from '@quantrac/event-store';
import { type Claims, type ClaimsEvent, claims } from '../domain/claims.ts';
import type { Instant } from '../domain/interval.ts';
import { type Station, type StationEvent, station } from '../domain/station.ts';
import { type Because, stationRecord } from '../domain/station-record.ts';
import { type UploadAccount, type UploadAccountEvent, uploadAccount } from '../domain/upload-account.ts';
import { accountStreams, claimsStream, stationStreams } from './streams.ts';

export interface KnownStation extends Because {
  readonly state: Station;
}

/** What the streams have led to. Valid until something is awaited: it is followed in place. */
export interface Registry {
  readonly stations: ReadonlyMap<string, KnownStation>;
  readonly accounts: ReadonlyMap<string, UploadAccount>;
  readonly claims: Claims;
}

/**
 * Folded from the event store, in memory: before each answer the commits since the last one are read. So an answer holds
 * every commit that was there when it was asked for, and after a crash nothing is to be repaired; a processor over the
 * topic would answer behind its own writes and keep everything twice.
 */
export interface RegistryView {
  current(): Promise<Registry>;
  /** As it was known at an instant. Reads all commits: for questions about the past. */
  asOf(at: Instant): Promise<Registry>;
}

export const openRegistryView = (events: EventStore): RegistryView => {
  const followed = emptyRegistry();
  let position = 0;
  const follow = async (): Promise<void> => {
    position = await readInto(followed, events, position);
  };
  let following = Promise.resolve();
  return {
    current: async () => {
      // a question must not be answered by a reading that began before it
      following = following.then(follow, follow);
      await following;
      return followed;
    },
    asOf: async (at) => {
      const known = emptyRegistry();
      await readInto(known, events, 0, at);
      return known;
    },
  };
};

export const recordOf = ({ state, version, cause }: KnownStation): StationRecorded =>
  stationRecord(state, { version, cause });

/** The stations that an account may upload for, by id. */
export const stationsOf = ({ stations }: Registry, account: string): string[] =>
  [...stations.values()].filter(({ state }) => state.accounts.includes(account)).map(({ state }) => state.station);

/** Why a commit was made, as its metadata tell. */
export const causeOf = ({ cause = 'command:unknown' }: Readonly<Record<string, string>>): string => cause;

interface MutableRegistry extends Registry {
  readonly stations: Map<string, KnownStation>;
  readonly accounts: Map<string, UploadAccount>;
  claims: Claims;
}

const emptyRegistry = (): MutableRegistry => ({ stations: new Map(), accounts: new Map(), claims: claims.initial });

const commitsAtOnce = 1000;

/** The position that was reached. */
const readInto = async (
  registry: MutableRegistry,
  events: EventStore,
  after: number,
  asOf?: Instant,
): Promise<number> => {
  for (let position = after; ; ) {
    const commits = await events.readAll<Known>(position, commitsAtOnce);
    for (const commit of commits) {
      position = commit.position;
      if (asOf === undefined || commit.events[0]!.data.at <= asOf) take(registry, commit);
    }
    if (commits.length < commitsAtOnce) return position;
  }
};

type Known = StationEvent | UploadAccountEvent | ClaimsEvent;

const take = (registry: MutableRegistry, { streamId, events, fromVersion, metadata }: Commit<Known>): void => {
  if (streamId === claimsStream) {
    registry.claims = fold(claims, events as readonly ClaimsEvent[], registry.claims);
  } else if (streamId.startsWith(stationStreams)) {
    const id = streamId.slice(stationStreams.length);
    const state = fold(station, events as readonly StationEvent[], registry.stations.get(id)?.state);
    const version = fromVersion + events.length;
    if (state) registry.stations.set(id, { state, version, cause: causeOf(metadata) });
  } else if (streamId.startsWith(accountStreams)) {
    const id = streamId.slice(accountStreams.length);
    const account = fold(uploadAccount, events as readonly UploadAccountEvent[], registry.accounts.get(id));
    if (account) registry.accounts.set(id, account);
  }
};
