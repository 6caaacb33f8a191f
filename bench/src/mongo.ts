import { randomUUID } from 'node:crypto';
import { MongoEventStore } from '@quantrac/event-store/mongo-event-store';
import { connectToMongo } from '@quantrac/mongo/mongo-connection';
import { IDENTITY, MongoTimeSeries, SEQUENCE } from '@quantrac/time-series/mongo-time-series';
import type { Bench } from './bench.ts';
import { median } from './report.ts';

const ROUNDS = 5;
const TOGETHER = 100;

/** Appends and rows through the stores against `insertMany` of the same documents under the same indexes by the bare driver, on the same server, in turns. */
export const mongo: Bench = async ({ quick, tell, servers }) => {
  const { mongoUrl } = servers();
  const count = quick ? 2000 : 10_000;
  const { database, close } = await connectToMongo(mongoUrl, `bench-${randomUUID().slice(0, 8)}`);
  const events = await MongoEventStore.open(database);
  const series = await MongoTimeSeries.open(database);
  const bareCommits = database.collection('bare-commits');
  await bareCommits.createIndexes([
    { key: { stream: 1, from: 1 }, unique: true },
    { key: { stream: 1, command: 1 }, unique: true },
  ]);
  const bareRows = database.collection('bare-rows');
  await bareRows.createIndexes([{ key: IDENTITY, unique: true }, { key: SEQUENCE }]);
  const value = Buffer.alloc(300, 'x');
  const data = value.toString();
  const taken: Record<'append' | 'rows', { store: number; bare: number }[]> = { append: [], rows: [] };
  try {
    for (let round = 0; round <= ROUNDS; round++) {
      const run = `r${round}`;
      const streams = Array.from({ length: count }, (_, n) => `${run}-${n}`);
      const append = {
        store: await seconds(() =>
          together(streams, (group) =>
            Promise.all(
              group.map((id) => events.append(id, 0, [{ type: 'Told', data }], { commandId: id, metadata: {} })),
            ),
          ),
        ),
        bare: await seconds(() =>
          together(streams, (group) =>
            bareCommits.insertMany(
              group.map((stream) => ({
                stream,
                from: 0,
                to: 1,
                command: stream,
                body: JSON.stringify({ events: [{ type: 'Told', data }], metadata: {} }),
              })),
            ),
          ),
        ),
      };
      const rowOf = (key: string, time: number) => ({
        ...{ collection: 'bench', key, series: 'set', time, version: 1, knownAt: time },
        ...{ type: 'Told', sequence: `${time}`, value },
      });
      const rows = {
        store: await seconds(() => together(streams, (group) => series.insert(group.map(rowOf)))),
        bare: await seconds(() => together(streams, (group) => bareRows.insertMany(group.map(rowOf)))),
      };
      if (round === 0) continue;
      taken.append.push(append);
      taken.rows.push(rows);
    }
    for (const [what, times] of Object.entries(taken))
      tell({
        name: `mongo, ${what} through the store`,
        value: count / median(times.map(({ store }) => store)),
        unit: 'documents/s',
        against: 'the time of insertMany',
        ratio: median(times.map(({ store, bare }) => store / bare)),
      });
  } finally {
    await database.dropDatabase();
    await close();
  }
};

async function together(all: readonly string[], work: (group: readonly string[]) => Promise<unknown>): Promise<void> {
  for (let at = 0; at < all.length; at += TOGETHER) await work(all.slice(at, at + TOGETHER));
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
