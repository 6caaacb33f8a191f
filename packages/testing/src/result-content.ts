import { hash } from 'node:crypto';

export type Fields = Readonly<Record<string, unknown>>;

/** How often something was told, when, and what led to it: at any depth of a record no part of the result. */
const telling = [
  'version',
  'revision',
  'stationVersion',
  'rules',
  'knownAt',
  'receivedAt',
  'seenAt',
  'aheadMs',
  'superseded',
  'receipt',
  'cause',
  'root',
];

const tellingOf: Readonly<Record<string, readonly string[]>> = {
  ObservationSetChecked: ['received', 'at'],
  FileHeld: ['held', 'account'],
  EpisodeRecorded: ['episode', 'ordinal', 'backfilled'],
};

/** The result that a record states: its fields without how, when and how often it came to be known. */
export function contentOf(type: string, record: Fields): Fields {
  const content = without(new Set([...telling, ...(tellingOf[type] ?? [])]), record) as Fields;
  // Closed and then amended, or closed with all that came: the same result.
  return content.state === 'amended' ? { ...content, state: 'closed' } : content;
}

function without(names: ReadonlySet<string>, value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => without(names, one));
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name]) => !names.has(name));
  return Object.fromEntries(kept.map(([name, part]) => [name, without(names, part)]));
}

/** What was withdrawn, or is held no more, is no result; what it led to is. */
export function isResult(type: string, { state }: Fields): boolean {
  if (type === 'EpisodeRecorded') return state !== 'withdrawn';
  return type !== 'FileHeld' || state === 'held';
}

/** A name by content where an identity is given in the order of arrival; the same content twice is one. Undefined: the identity names it. */
export function nameOf(type: string, record: Fields): string | undefined {
  if (type === 'EpisodeRecorded') {
    const { channel, rule, limit, start } = record;
    return `${type} ${channel ?? '*'} ${rule} ${limit ?? '-'} from ${start}`;
  }
  if (type === 'FileHeld') {
    const content = JSON.stringify(contentOf(type, record));
    return `${type} ${record.path} ${record.reason} ${hash('sha256', content, 'hex').slice(0, 8)}`;
  }
  return undefined;
}

/**
 * An incident by the episodes that it is about, named by content; those that were withdrawn are no part of it. Undefined: no result, since
 * all of them were withdrawn, or it was joined into another.
 */
export function incidentAbout(names: ReadonlyMap<unknown, string>, incident: Fields) {
  const all = incident.episodes as readonly { readonly episode: string; readonly state: string }[];
  const episodes = all
    .filter(({ state }) => state !== 'withdrawn')
    .map(({ episode, state }) => ({ episode: names.get(episode) ?? episode, state }))
    .sort((a, b) => (a.episode < b.episode ? -1 : 1));
  if (episodes.length === 0 || isJoined(incident)) return undefined;
  const thing = `IncidentRecorded ${incident.rule} about ${episodes.map(({ episode }) => episode).join(', ')}`;
  const { incident: _, ...content } = contentOf('IncidentRecorded', { ...incident, episodes });
  return { key: String(incident.station ?? ''), thing, content };
}

/** Many simultaneous outages are one incident; what was opened before that was known is resolved into it. */
export const isJoined = ({ state, resolution }: { state?: unknown; resolution?: unknown }): boolean =>
  state === 'resolved' && String(resolution).startsWith('joined into ');
