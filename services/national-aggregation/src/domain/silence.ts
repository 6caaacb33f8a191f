import type { IncidentRecorded } from '@quantrac/contracts';
import { type Decider, fold } from '@quantrac/event-sourcing';

/** Stored for ever: names and shapes are the storage format. Instants are ISO text. */
export type SilenceEvent =
  | {
      readonly type: 'NodeFellSilent';
      readonly data: {
        readonly node: string;
        readonly ordinal: number;
        readonly lastHeard: string;
        readonly at: string;
      };
    }
  | { readonly type: 'NodeHeardAgain'; readonly data: { readonly at: string } };

export type SilenceCommand =
  | { readonly type: 'ReportSilence'; readonly node: string; readonly lastHeard: string; readonly at: string }
  | { readonly type: 'HearNode'; readonly at: string };

type Begun = Extract<SilenceEvent, { type: 'NodeFellSilent' }>['data'];

/** A node's silences, one incident each; at most one is open. */
export type Silence = { readonly ordinal: number; readonly begun?: Begun; readonly endedAt?: string };

const isOpen = ({ begun, endedAt }: Silence): boolean => begun !== undefined && endedAt === undefined;

const decide = (command: SilenceCommand, silence: Silence): readonly SilenceEvent[] => {
  switch (command.type) {
    case 'ReportSilence': {
      const { type: _, ...said } = command;
      if (isOpen(silence)) return [];
      return [{ type: 'NodeFellSilent', data: { ...said, ordinal: silence.ordinal + 1 } }];
    }
    case 'HearNode':
      return isOpen(silence) ? [{ type: 'NodeHeardAgain', data: { at: command.at } }] : [];
  }
};

const evolve = (silence: Silence, event: SilenceEvent): Silence => {
  switch (event.type) {
    case 'NodeFellSilent':
      return { ordinal: event.data.ordinal, begun: event.data };
    case 'NodeHeardAgain':
      return { ...silence, endedAt: event.data.at };
  }
};

export const silence: Decider<Silence, SilenceCommand, SilenceEvent> = { initial: { ordinal: 0 }, decide, evolve };

export const silencePrefix = 'silence-';
export const silenceStream = (node: string): string => `${silencePrefix}${node}`;

/** The incident that a node's events lead to; there is one from the first event on. */
export function incidentOf(events: readonly SilenceEvent[]): IncidentRecorded {
  const { begun, endedAt } = fold(silence, events);
  const { node, ordinal, lastHeard, at } = begun!;
  return {
    incident: `${node}/silent/${ordinal}`,
    version: endedAt === undefined ? 1 : 2,
    station: null,
    node,
    rule: 'silent-node',
    state: endedAt === undefined ? 'open' : 'resolved',
    openedAt: at,
    episodes: [],
    assignee: null,
    resolution: endedAt === undefined ? null : `last heard ${lastHeard}, heard again ${endedAt}`,
    comments: 0,
    knownAt: endedAt ?? at,
    cause: `node:${node}`,
  };
}
