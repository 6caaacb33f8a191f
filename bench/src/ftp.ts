import { sendOverFtp } from '@quantrac/simulator';
import type { Bench } from './bench.ts';
import { filesOfHour, HOUR_MS, START, type Upload } from './fleet.ts';
import { byHttp, hourThrough, warmUp } from './pipeline.ts';
import { account } from './register-fleet.ts';

const SESSIONS = 20;

/** FTP apart: a session is eight commands and a data connection a file, which is what it costs beside HTTP. */
export const ftp: Bench = async ({ quick, start, tell }) => {
  const pair = await start();
  try {
    const stations = pair.fleet.slice(0, quick ? 100 : 300);
    await warmUp(pair);
    const end = START + 2 * HOUR_MS;
    const overHttp = await hourThrough(pair, filesOfHour(stations, START), byHttp, end);
    const files = filesOfHour(stations, START + HOUR_MS);
    const run = await hourThrough(
      pair,
      files,
      async ({ ftpPort }) =>
        () =>
          inSessions(ftpPort, files),
      START + 2 * HOUR_MS,
    );
    tell({ name: 'ftp: taken in', value: run.files / run.sentSeconds, unit: 'files/s' });
    tell({
      name: 'ftp: province, everything included',
      value: run.provinceUs,
      unit: 'CPU µs/file',
      against: 'the same by HTTP',
      ratio: run.provinceUs / overHttp.provinceUs,
    });
    tell({ name: 'ftp: more than HTTP', value: run.provinceUs - overHttp.provinceUs, unit: 'CPU µs/file' });
  } finally {
    await pair.stop();
  }
};

/** Each session uploads its share, one file after the other, as a logger does. */
async function inSessions(port: number, files: readonly Upload[]): Promise<void> {
  const shares = Array.from({ length: SESSIONS }, (_, session) =>
    files
      .filter((_file, index) => index % SESSIONS === session)
      .map(({ station, path, bytes }) => ({ stationCode: station.code, path, bytes, renames: false })),
  );
  const target = { host: '127.0.0.1', port, accountOf: () => account };
  const answers = await Promise.all(shares.map((share) => sendOverFtp(target, share)));
  const refused = answers.flat().find(({ outcome }) => outcome === 'refused');
  if (refused) throw new Error(`an upload over FTP was refused: ${refused.reason}`);
}
