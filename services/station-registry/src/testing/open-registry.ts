import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { EventStore } from '@quantrac/event-store';
import { openEmbeddedStores, type ServiceDefinition } from '@quantrac/service';
import { pino } from 'pino';
import { stationRegistryService } from '../station-registry.service.ts';

export const day = Date.parse('2026-01-15T00:00:00.000Z');

export interface OpenedRegistry {
  readonly events: EventStore;
  readonly definition: ServiceDefinition;
  /** As a person would ask; each call is a command of its own unless an id is given. */
  readonly ask: <Answer>(name: string, data: object, how?: { id?: string; at?: number }) => Promise<Answer>;
  readonly query: <Row>(name: string, args?: object) => Promise<readonly Row[]>;
}

/** A folder that ends with the test. */
export const temporaryFolder = async (test: TestContext): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'station-registry-'));
  test.after(() => rm(folder, { recursive: true }));
  return folder;
};

/** The registry on the embedded stores of a folder; a second one on the same folder is a second instance. */
export const openRegistry = async (test: TestContext, folder: string): Promise<OpenedRegistry> => {
  const stores = await openEmbeddedStores(folder, 'station-registry');
  test.after(() => stores.close());
  const settings = { data: folder, logLevel: 'silent' } as const;
  const definition = stationRegistryService(stores, settings, { node: 'n1', log: pino({ level: 'silent' }) });
  let asked = 0;
  const instance = Math.random().toString(36).slice(2);
  return {
    events: stores.events,
    definition,
    async ask<Answer>(name: string, data: object, { id = `${instance}-${++asked}`, at = day } = {}) {
      const { schema, handle } = definition.commands[name]!;
      const actor = { account: 'ha', role: 'department' } as const;
      return (await handle(schema.parse(data), { actor, commandId: id, at })) as Answer;
    },
    async query<Row>(name: string, args: object = {}) {
      const { schema, answer } = definition.queries[name]!;
      return (await answer(schema.parse(args))) as readonly Row[];
    },
  };
};
