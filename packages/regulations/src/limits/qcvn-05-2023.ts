import { ambientRows } from './ambient-limit.ts';
import type { Limit } from './limit.ts';

const row = ambientRows('QCVN 05:2023/BTNMT', {
  source: 'QCVN 05:2023/BTNMT, Bảng 1',
  mark: 'C',
  validFrom: '2023-09-12',
  recordedOn: '2026-11-22',
});

export const qcvn05Of2023: readonly Limit[] = [
  ...row('SO2', { '1h': '350', '24h': '125', year: '50' }),
  ...row('CO', { '1h': '30000', '8h': '10000' }),
  ...row('NO2', { '1h': '200', '24h': '100', year: '40' }),
  ...row(
    'O3',
    { '1h': '200' },
    { mark: 'U', note: 'sources conflict: 200 by general knowledge, 180 in one code table' },
  ),
  ...row('O3', { '8h': '120' }),
  ...row('TSP', { '1h': '300', '24h': '200', year: '100' }),
  ...row('PM10', { '24h': '100', year: '50' }),
  ...row('PM2.5', { '24h': '50' }, { validTo: '2025-12-31' }),
  ...row('PM2.5', { '24h': '45' }, { mark: 'V', validFrom: '2026-01-01' }),
  ...row('PM2.5', { year: '25' }),
  ...row('Pb', { '24h': '1.5', year: '0.5' }),
];
