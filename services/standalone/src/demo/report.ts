import type { Description } from '@quantrac/simulator';
import type { Sent } from './deliver.ts';
import type { FaultFound } from './faults-found.ts';
import type { Figures } from './figures.ts';

export interface NodeResult {
  readonly node: string;
  readonly figures: Figures;
  readonly described: Description;
  readonly sent: Sent;
  readonly faults: readonly FaultFound[];
  /** Differences between the node and the national copy, fact by fact. */
  readonly differences: readonly object[];
}

export interface Check {
  readonly what: string;
  readonly meant: number;
  readonly found: number;
}

/** What the simulator meant to send beside what the stores hold; each pair must be equal. */
export function reconciled({ figures, described, sent, faults }: NodeResult): readonly Check[] {
  const { tally } = described;
  const noticed = faults.filter(({ expects }) => expects !== null);
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
    { what: 'faults noticed', meant: noticed.length, found: noticed.filter(({ found }) => found).length },
    { what: 'records acknowledged', meant: figures.replication.appended, found: figures.replication.acknowledged },
  ];
}

/** Numbers under their whole names: `files.received`. */
function flat(tree: object, before = ''): Readonly<Record<string, number>> {
  return Object.assign(
    {},
    ...Object.entries(tree).map(([name, value]) =>
      typeof value === 'object'
        ? flat(value as object, `${before}${name}.`)
        : { [`${before}${name}`]: value as number },
    ),
  ) as Readonly<Record<string, number>>;
}

/** The demo's figures for programs: the same numbers that the screen shows, each under its whole name and in its group. */
export function reportOf(results: readonly NodeResult[], total: Figures, seconds: number): object {
  const checks = results.map((result) => ({ node: result.node, checks: reconciled(result) }));
  const differences = results.flatMap(({ node, differences: found }) =>
    found.map((difference) => ({ node, ...difference })),
  );
  const sum = (of: (result: NodeResult) => number) => results.reduce((all, result) => all + of(result), 0);
  const sent = {
    files: sum((result) => result.sent.files),
    readings: sum(({ described }) => described.tally.readings.sent),
    byWay: {
      ftp: sum((result) => result.sent.byWay.ftp),
      http: sum((result) => result.sent.byWay.http),
      folder: sum((result) => result.sent.byWay.folder),
    },
  };
  const copiesEqual = differences.length === 0;
  return {
    ...flat({ ...total, sent }),
    copiesEqual,
    ...total,
    reconciled: checks.every(({ checks: list }) => list.every(({ meant, found }) => meant === found)),
    sent,
    faults: results.flatMap(({ node, faults }) => faults.map((fault) => ({ node, ...fault }))),
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
    ...results.flatMap(({ node, faults }) =>
      faults.filter(({ expects }) => expects).map((fault) => `${node} ${foundText(fault)}`),
    ),
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

function foundText({ kind, stationCode, channel, found, episodes, incidents, exceedingDays }: FaultFound): string {
  const of = `${kind} at ${stationCode}${channel ? ` ${channel}` : ''}`;
  if (!found) return `${of}: not noticed`;
  if (exceedingDays.length > 0) return `${of}: ${exceedingDays.join(', ')} exceeds its limit`;
  const withdrawn = episodes.filter(({ state }) => state === 'withdrawn').length;
  const counted = `${episodes.length} episodes${withdrawn > 0 ? `, ${withdrawn} withdrawn` : ''}`;
  return `${of}: noticed in ${counted}, ${incidents.length} incidents`;
}
