import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { StationRecorded } from '@quantrac/contracts';
import type { DocumentStore } from '@quantrac/document-store';
import { Fault } from '@quantrac/event-sourcing';
import { openEmbeddedStores } from '@quantrac/service';
import { eventually, temporaryFolder } from '@quantrac/testing';
import { pino } from 'pino';
import type { HeldDocument } from '../domain/held-file.ts';
import { aStation } from '../testing/records.ts';
import { heldFiles, openReleases, type Releases } from './releases.ts';

const log = pino({ level: 'silent' });

const registered = (changed: Partial<StationRecorded> = {}) => ({ before: undefined, record: aStation(changed) });

type Release = (document: HeldDocument) => Promise<void>;

const document = (held: string, changed: Partial<HeldDocument>): HeldDocument => ({
  held,
  version: 1,
  node: 'n1',
  receipt: held,
  station: null,
  path: 'x.txt',
  way: 'http',
  account: null,
  state: 'held',
  lines: [],
  reason: 'StationUnknown',
  advice: '',
  knownAt: '2026-01-15T00:00:00.000Z',
  cause: 'receipt:1',
  root: 'receipt:1',
  cell: 'n1',
  time: 0,
  from: 'here',
  sha256: '',
  blob: '',
  ...changed,
});

async function withHeld(
  held: readonly HeldDocument[],
  work: (documents: DocumentStore, open: (release: Release) => Releases) => Promise<void>,
): Promise<void> {
  const { documents, close } = await openEmbeddedStores(temporaryFolder(), 'ingestion');
  await documents.putMany(
    heldFiles,
    held.map((one) => ({ key: one.held, document: one })),
  );
  const opened: Releases[] = [];
  const open = (release: Release) => {
    const releases = openReleases(documents, release, log);
    opened.push(releases);
    return releases;
  };
  await work(documents, open).finally(async () => {
    for (const releases of opened) await releases.stop();
    await close();
  });
}

/** Settles what it is given, as a release does, and remembers it. */
function releasing(documents: DocumentStore) {
  const released: string[] = [];
  let most = 0;
  let now = 0;
  return {
    released,
    most: () => most,
    async release(one: HeldDocument) {
      most = Math.max(most, ++now);
      const { waitsForPrefix: _, waitsForStation: __, ...rest } = one;
      await documents.put(heldFiles, { key: one.held, document: { ...rest, state: 'released' } });
      released.push(one.held);
      now--;
    },
  };
}

describe('what held files wait for', () => {
  it('frees those of a station, its prefixes, folder and accounts, compared as names are, and no others', () =>
    withHeld(
      [
        document('n1/1', { waitsForStation: 'station1' }),
        document('n1/2', { waitsForStation: 'station2' }),
        document('n1/3', { waitsForPrefix: 'hcm_abc_nt01' }),
        document('n1/4', { waitsForPrefix: 'other' }),
        document('n1/5', { waitsForPrefix: 'other', waitsForFolder: 'nt01' }),
        document('n1/6', { waitsForPrefix: 'other', waitsForAccount: 'logger' }),
        document('n1/7', {}),
      ],
      async (documents, open) => {
        const { release, released } = releasing(documents);
        const releases = open(release);
        releases.changed([registered({ folder: { code: 'NT01', layout: 1 }, accounts: ['logger'] })]);
        await eventually(() => assert.deepEqual(released.toSorted(), ['n1/1', 'n1/3', 'n1/5', 'n1/6']));
      },
    ));

  it('frees every one of thousands, a hundred at a time, and those that stay held stop nobody', () =>
    withHeld(
      Array.from({ length: 3000 }, (_, index) => document(`n1/${index}`, { waitsForPrefix: 'hcm_abc_nt01' })),
      async (documents, open) => {
        const { release, released, most } = releasing(documents);
        const looked = new Set<string>();
        const releases = open(async (one) => {
          looked.add(one.held);
          if (Number(one.held.slice(3)) % 10 > 0) await release(one);
        });
        releases.changed([registered()]);
        await eventually(() => assert.deepEqual([looked.size, released.length], [3000, 2700]));
        assert.ok(most() <= 100);
      },
    ));

  it('is looked at again when the store was unavailable; one file that fails stops no other', () =>
    withHeld(
      [1, 2, 3].map((number) => document(`n1/${number}`, { waitsForStation: 'station1' })),
      async (documents, open) => {
        const { release, released } = releasing(documents);
        let tries = 0;
        const releases = open(async (one) => {
          if (one.held === 'n1/2') throw new Error('a bug');
          if (one.held === 'n1/3' && tries++ === 0) throw Fault.unavailable('DiskFull', 'full');
          await release(one);
        });
        releases.changed([registered()]);
        await eventually(() => assert.deepEqual([...new Set(released)].sort(), ['n1/1', 'n1/3']));
      },
    ));

  it('is looked at for every file that is open at a start, whatever it waits for', () =>
    withHeld(
      Array.from({ length: 250 }, (_, index) =>
        document(`n1/${index}`, { state: index % 2 === 0 ? 'held' : 'dismissed' }),
      ),
      async (documents, open) => {
        const { release, released } = releasing(documents);
        open(release).everything();
        await eventually(() => assert.equal(released.length, 125));
      },
    ));

  it('is looked at for a single file that was held by an older register', () =>
    withHeld([document('n1/1', {}), document('n1/2', { state: 'dismissed' })], async (documents, open) => {
      const { release, released } = releasing(documents);
      const releases = open(release);
      releases.again('n1/1');
      releases.again('n1/2');
      await eventually(() => assert.deepEqual(released, ['n1/1']));
    }));
});
