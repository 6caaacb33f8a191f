import type { Description } from '@quantrac/simulator';
import type { Sent } from './deliver.ts';
import type { Figures } from './figures.ts';

export interface NodeResult {
  readonly node: string;
  readonly figures: Figures;
  readonly described: Description;
  readonly sent: Sent;
  /** Differences between the node and the national copy, fact by fact. */
  readonly differences: readonly object[];
}

export interface Check {
  readonly what: string;
  readonly meant: number;
  readonly found: number;
}

/** What the simulator meant to send beside what the stores hold; each pair must be equal. */
export function reconciled({ figures, described, sent }: NodeResult): readonly Check[] {
  const { tally } = described;
  return [
    { what: 'files sent', meant: tally.files.sent, found: sent.files },
    { what: 'files received', meant: sent.files, found: figures.files.received },
    { what: 'files repeated', meant: tally.files.repeated, found: figures.files.repeated },
    { what: 'lines held', meant: tally.heldLines, found: figures.held.lines },
    {
      what: 'files of unknown stations held',
      meant: tally.files.fromUnknownStations,
      found: figures.held.reasons.StationUnknown ?? 0,
    },
    { what: 'readings checked', meant: tally.readings.distinct, found: figures.readings.checked },
    { what: 'missing values', meant: tally.readings.missing, found: figures.readings.missing },
    { what: 'readings under calibration', meant: tally.readings.calibration, found: figures.readings.calibration },
    { what: 'readings with a device error', meant: tally.readings.deviceError, found: figures.readings.deviceError },
    { what: 'records acknowledged', meant: figures.replication.appended, found: figures.replication.acknowledged },
  ];
}

/** The demo's figures for programs: the same numbers that the screen shows. */
export function reportOf(results: readonly NodeResult[], total: Figures, seconds: number): object {
  const checks = results.map((result) => ({ node: result.node, checks: reconciled(result) }));
  const differences = results.flatMap(({ node, differences: found }) =>
    found.map((difference) => ({ node, ...difference })),
  );
  return {
    ...total,
    copiesEqual: differences.length === 0,
    reconciled: checks.every(({ checks: list }) => list.every(({ meant, found }) => meant === found)),
    sent: {
      files: results.reduce((sum, { sent }) => sum + sent.files, 0),
      readings: results.reduce((sum, { described }) => sum + described.tally.readings.sent, 0),
      byWay: {
        ftp: results.reduce((sum, { sent }) => sum + sent.byWay.ftp, 0),
        http: results.reduce((sum, { sent }) => sum + sent.byWay.http, 0),
        folder: results.reduce((sum, { sent }) => sum + sent.byWay.folder, 0),
      },
    },
    faults: results.flatMap(({ node, described }) =>
      described.faults.map(({ kind, stationCode, channel }) => ({
        node,
        kind,
        stationCode,
        ...(channel && { channel }),
      })),
    ),
    reconciliation: checks,
    differences,
    nodes: Object.fromEntries(results.map(({ node, figures }) => [node, figures])),
    seconds,
  };
}

/** The same figures for people. */
export function shown(results: readonly NodeResult[], total: Figures): string {
  const { files, held, readings, hourlyMeans, episodes, incidents, compliance, replication } = total;
  const list = (counts: Readonly<Record<string, number>>) =>
    Object.entries(counts)
      .map(([name, number]) => `${number} ${name}`)
      .join(', ') || 'none';
  const lines = [
    `files        ${files.received} received, ${files.accepted} accepted whole, ${files.held} held in whole or part, ${files.repeated} repeats`,
    `held         ${held.files} files wait: ${list(held.reasons)}`,
    `readings     ${readings.checked} checked: ${readings.suspect} suspect, ${readings.failed} failed, ${readings.missing} missing, ${readings.calibration} under calibration, ${readings.deviceError} device errors; ${readings.counted} count`,
    `hourly means ${hourlyMeans.computed} computed, ${hourlyMeans.withoutValue} without enough data, ${hourlyMeans.amended} amended by late data`,
    `episodes     ${episodes.opened} opened, ${episodes.closed} closed, ${episodes.open} open, ${episodes.withdrawn} withdrawn: ${list(episodes.rules)}`,
    `incidents    ${incidents.opened} opened, ${incidents.resolved} resolved`,
    `daily verdict ${compliance.days} days: ${compliance.within} within, ${compliance.exceeds} exceed, ${compliance.noVerdict} without verdict (${compliance.unconfirmed} by tables that nobody has confirmed)`,
    `replication  ${replication.appended} records appended, ${replication.acknowledged} acknowledged by the ministry`,
    ...results.map(
      ({ node, differences }) =>
        `copy of ${node}: ${differences.length === 0 ? 'equal to the node, every identity, version and value' : `${differences.length} differences`}`,
    ),
    ...results.flatMap((result) =>
      reconciled(result)
        .filter(({ meant, found }) => meant !== found)
        .map(
          ({ what, meant, found }) => `${result.node}: ${what}: the simulator says ${meant}, the stores say ${found}`,
        ),
    ),
  ];
  return `${lines.join('\n')}\n`;
}
