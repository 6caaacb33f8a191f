import type { Collection, DocumentStore } from '@quantrac/document-store';
import { fold } from '@quantrac/event-sourcing';
import type { Commit, EventStore } from '@quantrac/event-store';
import { fromInstant } from '@quantrac/regulations';
import { appendOptions } from '../api/append-options.ts';
import { foldedStreams } from '../api/folded-streams.ts';
import { ALERTING, type IncidentCommand, incident } from '../domain/incident.ts';
import {
  incidentsOf,
  type JoinRule,
  type Outages,
  type OutagesEvent,
  type TakenOutage,
  takenOutages,
  tellingOf,
} from '../domain/outage-waves.ts';
import { OUTAGES_STREAMS, outagesAround } from '../processors/incident-opener.ts';
import { incidentStream } from '../read-models/incident-record.ts';

export interface TellerStores {
  readonly events: EventStore;
  readonly documents: DocumentStore;
}

interface Position {
  /** How far in all commits the incidents were told. */
  readonly after: number;
  /** Where the round that is under way ends: who repeats it after a crash decides as it did. */
  readonly upTo?: number | undefined;
  /** How many events of a stream were told by then, of the streams told of last. */
  readonly told?: Versions;
}

type Versions = Readonly<Record<string, number>>;

const position: Collection<Position> = { name: 'outages-told' };
const MOST = 500;
const MOST_STREAMS = 1000;

type Commits = readonly Commit<OutagesEvent>[];
type Incidents = ReadonlyMap<string, string>;
/** By incident. */
type Commands = Map<string, IncidentCommand[]>;

/**
 * Tells incidents of the outages that were taken, as many at a time as have come: a thousand stations that stop at once are few versions of
 * their incident. Where an outage that comes later makes others one incident, or draws them otherwise, they leave the ones they had.
 */
export function outageTeller({ events, documents }: TellerStores, rule: JoinRule) {
  const decider = takenOutages(rule);
  const incidents = foldedStreams(incident, events);

  /** True where there was something. */
  return async function round(): Promise<boolean> {
    const stored = await documents.get(position, OUTAGES_STREAMS);
    const { after, upTo, told = {} } = stored?.document ?? { after: 0 };
    const read = await events.readAll<OutagesEvent>(after, MOST);
    const commits = read.filter((commit) => upTo === undefined || commit.position <= upTo);
    const last = commits.at(-1)?.position;
    if (last === undefined) return false;
    const own = commits.filter(({ streamId }) => streamId.startsWith(OUTAGES_STREAMS));
    let revision = stored?.revision ?? 0;
    const put = async (document: Position) => {
      revision = await documents.put(position, { key: OUTAGES_STREAMS, document, expected: revision });
    };
    if (own.length > 0) {
      if (upTo === undefined) await put({ after, upTo: last, told });
      for (const [id, commands] of await commandsFor(own, told))
        await incidents.handle(incidentStream(id), commands, optionsOf(`${after}-${last}/${id}`, commands));
    }
    await put({ after: last, told: toldAfter(own, told) });
    return true;
  };

  async function commandsFor(own: Commits, told: Versions): Promise<Commands> {
    const days = new Map<string, Outages>();
    const first = new Map(own.toReversed().map(({ streamId, fromVersion }) => [streamId, fromVersion]));
    for (const stream of outagesAround([...first.keys()])) {
      const { events: past } = await events.read<OutagesEvent>(stream);
      days.set(stream, fold(decider, past.slice(0, first.get(stream) ?? toldOf(stream, told))));
    }
    const before = incidentsOf([...days.values()], rule);
    const changed = own.flatMap(({ streamId, events: [event], events: all, metadata }) => {
      days.set(streamId, fold(decider, all, days.get(streamId)!));
      const outage = event && days.get(streamId)!.get(event.data.episode);
      return outage ? [{ outage, at: metadata.at! }] : [];
    });
    const now = incidentsOf([...days.values()], rule);
    const commands: Commands = new Map();
    for (const { outage, at } of changed) add(commands, now.get(outage.episode)!, { ...tellingOf(outage), at });
    const outages = [...days.values()].flatMap((day) => [...day.values()]);
    move(outages, { before, now, at: own.at(-1)!.metadata.at! }, commands);
    return commands;
  }
}

/** Tells of the outages that belong to another incident than before: the new one of those that are founded first, the old one last. */
function move(
  outages: readonly TakenOutage[],
  { before, now, at }: { before: Incidents; now: Incidents; at: string },
  commands: Commands,
): void {
  const left = new Set(now.values());
  const moved = outages.filter(({ episode }) => before.has(episode) && before.get(episode) !== now.get(episode));
  const isGone = ({ standing }: TakenOutage) => Number(standing === 'withdrawn');
  for (const outage of moved.toSorted((a, b) => isGone(a) - isGone(b)))
    add(commands, now.get(outage.episode)!, { ...tellingOf(outage), at });
  for (const { episode } of moved) {
    const [from, into] = [before.get(episode)!, now.get(episode)!];
    if (left.has(from)) add(commands, from, { type: 'ReleaseEpisode', episode, into, at });
    else add(commands, from, { type: 'JoinIncident', into, at });
  }
}

function add(commands: Commands, id: string, command: IncidentCommand): void {
  const known = commands.get(id);
  if (known) known.push(command);
  else commands.set(id, [command]);
}

/** Undefined: all of it; it was told of so long ago that it is not kept. */
const toldOf = (stream: string, told: Versions): number | undefined =>
  told[stream] ?? (Object.keys(told).length < MOST_STREAMS ? 0 : undefined);

function toldAfter(own: Commits, told: Versions): Versions {
  const newest = new Map(Object.entries(told));
  for (const { streamId, fromVersion, events } of own) {
    newest.delete(streamId);
    newest.set(streamId, fromVersion + events.length);
  }
  return Object.fromEntries([...newest].slice(-MOST_STREAMS));
}

const optionsOf = (name: string, commands: readonly IncidentCommand[]) =>
  appendOptions({
    actor: { account: ALERTING, role: 'system' },
    commandId: `outages/${name}`,
    at: Math.max(...commands.map(({ at }) => fromInstant(at)!)),
  });
