import { Readable } from 'node:stream';
import { type TopicDeclaration, topics, toStructured } from '@quantrac/contracts';
import type { EventLog, LogRecord, Positions } from '@quantrac/event-log';
import { Fault, isFault } from '@quantrac/event-sourcing';
import type { Peer } from '@quantrac/service';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { visible } from '../domain/permissions.ts';
import type { Token } from '../domain/token.ts';
import { type AddressQuery, argumentsOf } from './arguments.ts';
import { alive } from './asking.ts';

export interface TopicsOptions {
  readonly log: EventLog;
  readonly peer: (service: string) => Peer;
  /** The services of this tier. */
  readonly producers: readonly string[];
}

/** Arguments of the topics' addresses. */
export const topicArguments = {
  topics: z.object({}),
  events: z.object({
    /** A position that an earlier answer gave as `next`; `end`: behind the newest record; left out: the first kept record. */
    from: z.string().min(1).max(4000).optional(),
    limit: z.int().min(1).max(1000).default(1000),
  }),
  history: z.object({
    /** Records of this key only. */
    key: z.string().min(1).max(200).optional(),
  }),
};

interface OfTopic {
  Params: { topic: string };
  Querystring: AddressQuery;
}

/** Public topics as CloudEvents: from a position of the kept window, and all of their owner's History. */
export function addTopics(server: FastifyInstance, { log, peer, producers }: TopicsOptions): void {
  const open = Object.values<TopicDeclaration>(topics).filter(
    (topic) => topic.public && producers.includes(topic.producer),
  );
  const named = (name: string): TopicDeclaration => {
    const topic = open.find((each) => each.name === name);
    if (!topic) throw Fault.notFound('TopicUnknown', `no public topic is called ${name}: /api/v1/topics lists them`);
    return topic;
  };
  server.get('/api/v1/topics', async () => ({
    topics: open.map(({ name, description, key, records }) => ({
      name,
      description,
      key,
      records: Object.keys(records),
    })),
  }));
  server.get<OfTopic>('/api/v1/topics/:topic/events', async ({ token, params, query }, reply) => {
    const topic = named(params.topic);
    const { from, limit } = argumentsOf(topicArguments.events, query);
    const { records, next } = await eventsFrom(log, topic, from, limit);
    const events = records.filter((record) => mayRead(token, topic, record)).map(toStructured);
    return reply.type('application/json').send(`{"next":${JSON.stringify(next)},"events":[${events.join(',')}]}`);
  });
  server.get<OfTopic>('/api/v1/topics/:topic/history', async ({ token, params, query }, reply) => {
    const topic = named(params.topic);
    const { key } = argumentsOf(topicArguments.history, query);
    const owner = await alive(peer, topic.producer);
    const lines = linesOf(owner.history(topic.name, key), (record) => mayRead(token, topic, record));
    return reply.type('application/x-ndjson').send(Readable.from(lines));
  });
}

async function eventsFrom(log: EventLog, topic: TopicDeclaration, from: string | undefined, limit: number) {
  try {
    if (from === 'end') return { records: [], next: cursorOf(await log.end(topic)) };
    const begin = from === undefined ? {} : positionsOf(from);
    const { records, positions } = await log.read(topic, begin, limit);
    return { records, next: cursorOf({ ...begin, ...positions }) };
  } catch (error) {
    if (!isFault(error, 'PositionLost')) throw error;
    const advice = `take a new one with from=end, then read /api/v1/topics/${topic.name}/history, or begin again without from`;
    throw Fault.rejected('PositionLost', `${topic.name}: the position ${from} cannot be served any more: ${advice}`);
  }
}

/** One word for a reader, whatever parts the topic has. */
const cursorOf = (positions: Positions): string | null =>
  Object.keys(positions).length === 0 ? null : Buffer.from(JSON.stringify(positions)).toString('base64url');

function positionsOf(cursor: string): Positions {
  try {
    return z.record(z.string(), z.string()).parse(JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8')));
  } catch {
    throw Fault.rejected('PositionLost', 'it is none that an answer gave as `next`');
  }
}

async function* linesOf(batches: AsyncIterable<readonly LogRecord[]>, shown: (record: LogRecord) => boolean) {
  for await (const records of batches) {
    const lines = records.filter(shown).map((record) => `${toStructured(record)}\n`);
    if (lines.length > 0) yield lines.join('');
  }
}

/** Records of the stations in the token's scope: the key says which, or the record itself where the key names something else. */
function mayRead(token: Token, { key }: TopicDeclaration, record: LogRecord): boolean {
  if (token.scope === null) return true;
  if (key === 'station') return visible(token, [{ station: record.key }]).length > 0;
  return visible(token, [JSON.parse(Buffer.from(record.value).toString('utf8')) as unknown]).length > 0;
}
