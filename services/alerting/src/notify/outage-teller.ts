import type { Collection, DocumentStore } from '@quantrac/document-store';
import { fold } from '@quantrac/event-sourcing';
import type { Commit, EventStore } from '@quantrac/event-store';
import { fromInstant } from '@quantrac/regulations';
import { appendOptions } from '../api/append-options.ts';
import { foldedStreams } from '../api/folded-streams.ts';
import { ALERTING, type IncidentCommand, incident } from '../domain/incident.ts';
import { type JoinRule, type Outages, type OutagesEvent, outageWaves, tellings } from '../domain/outage-waves.ts';
import { OUTAGES_STREAMS } from '../processors/incident-opener.ts';
import { incidentStream } from '../read-models/incident-record.ts';

export interface TellerStores {
  readonly events: EventStore;
  readonly documents: DocumentStore;
}

/** How far in all commits the incidents were told. */
const position: Collection<{ after: number }> = { name: 'outages-told' };
const MOST = 500;

type Commits = readonly Commit<OutagesEvent>[];

/**
 * Tells incidents of the outages that were taken, in the order in which they were, as many at a time as have come: a thousand stations
 * that stop at once are few versions of their incident. A crash repeats a round; an incident knows what it was told.
 */
export function outageTeller({ events, documents }: TellerStores, rule: JoinRule) {
  const waves = outageWaves(rule);
  const incidents = foldedStreams(incident, events);

  /** True where there was something. */
  return async function round(): Promise<boolean> {
    const stored = await documents.get(position, OUTAGES_STREAMS);
    const after = stored?.document.after ?? 0;
    const commits = await events.readAll<OutagesEvent>(after, MOST);
    const last = commits.at(-1)?.position;
    if (last === undefined) return false;
    const own = commits.filter(({ streamId }) => streamId.startsWith(OUTAGES_STREAMS));
    const told = new Map<string, IncidentCommand[]>();
    for (const [streamId, ofDay] of Map.groupBy(own, (commit) => commit.streamId)) {
      const { events: past } = await events.read<OutagesEvent>(streamId);
      const before = fold(waves, past.slice(0, ofDay[0]!.fromVersion));
      gather(ofDay, before, told);
    }
    for (const [id, commands] of told)
      await incidents.handle(incidentStream(id), commands, optionsOf(`${after}-${last}/${id}`, commands));
    await documents.put(position, {
      key: OUTAGES_STREAMS,
      document: { after: last },
      expected: stored?.revision ?? 0,
    });
    return true;
  };

  /** After each commit what it leads to, by incident. */
  function gather(commits: Commits, before: Outages, told: Map<string, IncidentCommand[]>): void {
    let outages = before;
    for (const commit of commits) {
      outages = fold(waves, commit.events, outages);
      const [first] = commit.events;
      if (!first || first.type === 'WaveJoined') continue;
      for (const { incident: id, command } of tellings(outages, first.data.episode)) {
        const commands = told.get(id) ?? [];
        commands.push({ ...command, at: commit.metadata.at! });
        told.set(id, commands);
      }
    }
  }
}

const optionsOf = (name: string, commands: readonly IncidentCommand[]) =>
  appendOptions({
    actor: { account: ALERTING, role: 'system' },
    commandId: `outages/${name}`,
    at: Math.max(...commands.map(({ at }) => fromInstant(at)!)),
  });
