import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { test } from 'node:test';
import { topics } from '@quantrac/contracts';
import type { Peer } from '@quantrac/service';
import {
  eventually,
  MINUTE_MS,
  registerStation,
  stationFile,
  stationFileName,
  temporaryFolder,
} from '@quantrac/testing';
import { composed, composedKafka } from './composed.ts';
import { composition, root, variablesIn } from './composition.ts';

const { makeSecrets } = (await import(join(root, 'scripts', 'compose-secrets.mjs'))) as {
  makeSecrets(folder: string): Promise<boolean>;
};

const patience = { withinMs: 120_000, everyMs: 1000 };
const time = Math.floor(Date.now() / (5 * MINUTE_MS)) * 5 * MINUTE_MS;
const provinces = ['hcm', 'bacninh'];
const account = { user: 'logger', password: 'what the logger knows' };

/** As a logger sends it; it knows the composition's authority. */
function upload(port: number, ca: string, path: string, text: string): Promise<{ status: number; body: string }> {
  const headers = { authorization: `Basic ${Buffer.from(`${account.user}:${account.password}`).toString('base64')}` };
  const options = { host: 'localhost', port, path: `/v1/files?path=${path}`, method: 'POST', headers, ca };
  return new Promise((resolve, reject) => {
    const sent = request(options, (response) => {
      let body = '';
      response.on('data', (chunk) => (body += String(chunk)));
      response.on('end', () => resolve({ status: response.statusCode!, body }));
    });
    sent.on('error', reject);
    sent.end(text);
  });
}

/** A reading of the time, from a logger of the province; answers its station. */
async function sendReading(node: string, peer: (service: string) => Peer, port: number, ca: string): Promise<string> {
  const prefix = `${node.toUpperCase()}_ABC_NT01`;
  const station = await registerStation(peer('station-registry'), { prefix, symbols: ['COD'], account });
  await eventually(async () => {
    const [known] = await peer('ingestion').query<{ stations: number }>('known', {});
    assert.equal(known!.stations, 1);
  }, patience);
  const file = stationFile(time, [{ symbol: 'COD', value: '45.3' }]);
  const { status, body } = await upload(port, ca, `${prefix}/${stationFileName(prefix, time)}`, file);
  assert.equal(status, 201, body);
  return station;
}

test('what docker-compose.yml starts takes a reading in at each province, and the national copy has it', async (t) => {
  const folder = temporaryFolder('compose');
  await makeSecrets(folder);
  const all = composition(variablesIn(join(folder, '.env')));
  const world = await composed(t, { all, folder, broker: await composedKafka(t, all) });

  for (const node of ['national', ...provinces]) {
    const made = (await world.run(`${node}-topics`)).trim().split('\n');
    const producedThere = Object.values(topics).filter(
      ({ producer }) => (producer === 'national-aggregation') === (node === 'national'),
    );
    assert.deepEqual(
      made,
      producedThere.map(({ name }) => `${node}.${name}`),
    );
  }
  await world.start();

  const ca = readFileSync(join(folder, all.secrets.authority!.file), 'utf8');
  for (const node of provinces) {
    const { peer } = world.peersOf(node);
    const station = await sendReading(node, peer, world.portOf(`${node}-ingestion`, 8080), ca);
    const range = { from: new Date(time).toISOString(), to: new Date(time + 1).toISOString() };
    const national = world.peersOf('national').peer('national-aggregation');
    const [set] = await eventually(async () => {
      const sets = await national.query<{ readings: { value: string }[] }>('sets', { node, station, ...range });
      assert.equal(sets.length, 1);
      return sets;
    }, patience);
    assert.equal(set!.readings[0]!.value, '45.3');
    await eventually(async () => {
      assert.match(await world.run(`${node}-quantrac`, 'verify'), /^the national copy equals this node$/m);
    }, patience);
  }
});
