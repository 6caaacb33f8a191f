import type {
  AggregateComputed,
  ComplianceDayEvaluated,
  EpisodeRecorded,
  IntakeAdvanced,
  LimitInForce,
  LimitsRecorded,
  ObservationSetChecked,
  StationRecorded,
} from '@quantrac/contracts';
import { dayBounds, dayOf, toInstant } from '@quantrac/regulations';
import type { Fed } from '@quantrac/testing/drive-processor';
import { isCovered, isDeclared, type StationFacts, stationFacts } from '../domain/station-facts.ts';
import type { EpisodeSettings } from '../processors/episode-work.ts';
import { outageContents } from './brute-force-outages.ts';

/** What "equal" compares of an episode. */
export type Content = Pick<
  EpisodeRecorded,
  | 'channel'
  | 'rule'
  | 'limit'
  | 'start'
  | 'end'
  | 'peak'
  | 'threshold'
  | 'members'
  | 'reportable'
  | 'nodeAway'
  | 'declared'
>;

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const lengths = { '1h': HOUR, '8h': 8 * HOUR, '24h': DAY };

interface Judged {
  readonly at: number;
  readonly value?: string | null;
  readonly threshold?: string | null;
  readonly beyond: boolean;
}

/** All episodes by brute force: everything that is known at the end, looked at once, in time order. */
export function episodesByBruteForce(records: readonly Fed[], settings: EpisodeSettings): Content[] {
  const station = newest<StationRecorded>(records, 'StationRecorded', () => '')[0]!;
  const facts = stationFacts(station);
  const limits = newest<LimitsRecorded>(records, 'LimitsRecorded', () => '')[0]?.limits ?? [];
  const sets = wholeSets(records);
  const settled = records.filter(({ data }) => (data as AggregateComputed).state !== 'provisional');
  const means = newest<AggregateComputed>(
    settled,
    'AggregateComputed',
    ({ channel, length, end }) => `${channel} ${length} ${end}`,
  );
  const days = newest<ComplianceDayEvaluated>(
    records,
    'ComplianceDayEvaluated',
    ({ channel, day }) => `${channel} ${day}`,
  );
  const advances = all<IntakeAdvanced>(records, 'IntakeAdvanced');
  const seen = Math.max(...sets.map(({ time }) => Date.parse(time)), ...advances.map(({ upTo }) => Date.parse(upTo)));
  const meansTo = Math.max(...means.map(({ end }) => Date.parse(end)));
  const daysTo = Math.max(...days.map(({ day }) => dayBounds(day).upTo));
  const found: Content[] = [];
  const add = (
    subject: Pick<Content, 'channel' | 'rule' | 'limit'>,
    judged: Judged[],
    gapMs: number,
    least: number,
    tail: number,
    until: (last: number) => number = () => seen,
  ) =>
    found.push(
      ...runs(judged, gapMs, least, (last) => until(last) - tail).map((run) => content(subject, run, tail, facts)),
    );

  for (const channel of Object.keys(facts.channels)) {
    const { intervalMs } = facts.channels[channel]!.settings[0]!;
    const gapMs = settings.episodeGapPeriods * intervalMs;
    const readings = sets
      .map(({ time, readings }) => ({ at: Date.parse(time), reading: readings.find((one) => one.channel === channel) }))
      .filter(({ at, reading }) => reading && !isDeclared(facts, channel, at));
    const faults = readings
      .filter(({ reading }) => reading!.counts || (reading!.flag === 4 && reading!.notCounted !== 'withdrawn'))
      .map(({ at, reading }) => ({ at, beyond: !reading!.counts, value: null, threshold: null }));
    add({ channel, rule: 'technical-fault', limit: null }, faults, gapMs, settings.technicalFaultReadings, 0);
    const badDays = Map.groupBy(
      readings.filter(({ reading }) => reading!.status !== '00' && reading!.notCounted !== 'withdrawn'),
      ({ at }) => dayBounds(dayOf(at)).after,
    );
    const shares = [...badDays]
      .map(([at, bad]) => ({ at, share: (bad.length * 100) / Math.round(DAY / intervalMs) }))
      .filter(({ share }) => share > settings.statusSharePercent)
      .map(({ at, share }) => ({
        at,
        beyond: true,
        value: share.toFixed(1),
        threshold: String(settings.statusSharePercent),
      }));
    add({ channel, rule: 'status-share', limit: null }, shares, DAY, 1, DAY);
    for (const name of new Set(limits.filter((limit) => limit.channel === channel).map(({ limit }) => limit)))
      for (const rule of ['exceedance', 'early-warning'] as const) {
        const dated = limits.filter((limit) => limit.channel === channel && limit.limit === name);
        const { basis } = dated[0]!;
        const values =
          basis === 'reading'
            ? readings.map(({ at, reading }) => ({ at, end: at, value: reading!.counts ? reading!.used : null }))
            : comparedWith({ means, days, dated }, channel, basis);
        const judged = values.flatMap(({ at, end, value }) =>
          value === null ? [] : (judge(rule, dated, at, end, value) ?? []),
        );
        const gap = basis === 'reading' ? gapMs : settings.episodeGapPeriods * (basis === '24h' ? DAY : HOUR);
        const subject = { channel, rule, limit: name };
        if (basis === 'reading') add(subject, judged, gap, 1, 0);
        else
          add(subject, judged, gap, 1, lengths[basis], (last) => {
            const next = limitAt(dated, last + lengths[basis] + (basis === '24h' ? DAY : HOUR));
            if (!next || (rule === 'early-warning' && next.earlyWarning === null)) return Infinity;
            return basis === '24h' && next.permit !== null ? daysTo : meansTo;
          });
      }
  }
  return [...found, ...outageContents(sets, advances, facts, settings)].sort(byText);
}

/** A day of a permit's limit is compliance's; every other period has a mean. */
function comparedWith(
  known: { means: AggregateComputed[]; days: ComplianceDayEvaluated[]; dated: LimitInForce[] },
  channel: string,
  basis: AggregateComputed['length'],
) {
  const isOfPermit = (end: number) => {
    const limit = limitAt(known.dated, end);
    return limit !== undefined && basis === '24h' && limit.permit !== null;
  };
  const means = known.means
    .filter((mean) => mean.channel === channel && mean.length === basis)
    .map(({ end, value }) => ({ at: Date.parse(end) - lengths[basis], end: Date.parse(end), value }))
    .filter(({ end }) => !isOfPermit(end));
  const days = known.days
    .filter((one) => one.channel === channel)
    .map(({ day, value }) => ({ at: dayBounds(day).after, end: dayBounds(day).upTo, value }))
    .filter(({ end }) => isOfPermit(end));
  return [...means, ...days];
}

const limitAt = (dated: readonly LimitInForce[], end: number): LimitInForce | undefined =>
  dated.find(({ from, to }) => dayBounds(from).after < end && (to === null || end <= dayBounds(to).upTo));

const byText = (a: object, b: object): number => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1);

export const contentOf = (episodes: readonly EpisodeRecorded[]): Content[] =>
  episodes
    .map(({ channel, rule, limit, start, end, peak, threshold, members, reportable, nodeAway, declared }) => ({
      channel,
      rule,
      limit,
      start,
      end,
      peak,
      threshold,
      members,
      reportable,
      nodeAway,
      declared,
    }))
    .sort(byText);

/** Absence withdraws nothing: of each channel what the newest version says that names it. */
function wholeSets(records: readonly Fed[]): ObservationSetChecked[] {
  const byTime = Map.groupBy(all<ObservationSetChecked>(records, 'ObservationSetChecked'), ({ time }) => time);
  const whole = [...byTime.values()].map((versions) => {
    const readings = versions.sort((a, b) => a.version - b.version).flatMap((version) => version.readings);
    return { ...versions[0]!, readings: [...new Map(readings.map((one) => [one.channel, one])).values()] };
  });
  return whole.sort((a, b) => (a.time < b.time ? -1 : 1));
}

const all = <Data>(records: readonly Fed[], type: string): Data[] =>
  records.filter((record) => record.type === type).map(({ data }) => data as Data);

function newest<Data extends { readonly version: number }>(
  records: readonly Fed[],
  type: string,
  identity: (data: Data) => string,
): Data[] {
  const current = new Map<string, Data>();
  for (const data of all<Data>(records, type)) {
    const known = current.get(identity(data));
    if (!known || known.version < data.version) current.set(identity(data), data);
  }
  return [...current.values()].sort((a, b) => (identity(a) < identity(b) ? -1 : 1));
}

/** Upper bounds and intervals only, with a share of a half. */
function judge(
  rule: string,
  dated: readonly LimitInForce[],
  at: number,
  end: number,
  value: string,
): Judged | undefined {
  const limit = limitAt(dated, end);
  if (!limit || (rule === 'early-warning' && limit.earlyWarning === null)) return undefined;
  const [number, lower, upper] = [
    Number(value),
    limit.lower === null ? -Infinity : Number(limit.lower),
    Number(limit.upper),
  ];
  if (rule === 'exceedance') {
    if (number > upper) return { at, beyond: true, value, threshold: limit.upper };
    return number < lower ? { at, beyond: true, value, threshold: limit.lower } : { at, beyond: false };
  }
  const [warnLow, warnHigh] =
    limit.lower === null ? [-Infinity, upper / 2] : [(3 * lower + upper) / 4, (lower + 3 * upper) / 4];
  if (number >= warnHigh) return { at, beyond: true, value, threshold: String(warnHigh) };
  return number <= warnLow ? { at, beyond: true, value, threshold: String(warnLow) } : { at, beyond: false };
}

interface BruteRun {
  readonly members: readonly Judged[];
  readonly open: boolean;
}

/** A member belongs to the run of the judged one before it, where both are beyond and near enough. */
function runs(judged: readonly Judged[], gapMs: number, least: number, reached: (last: number) => number): BruteRun[] {
  const ordered = [...judged].sort((a, b) => a.at - b.at);
  const isLinked = (index: number) =>
    ordered[index - 1]?.beyond === true && ordered[index]!.at - ordered[index - 1]!.at <= gapMs;
  return ordered.flatMap((first, index) => {
    if (!first.beyond || isLinked(index)) return [];
    let length = 1;
    while (ordered[index + length]?.beyond && isLinked(index + length)) length++;
    if (length < least) return [];
    const members = ordered.slice(index, index + length);
    const follower = ordered[index + length];
    const last = members.at(-1)!.at;
    const followed = follower !== undefined && follower.at - last <= gapMs;
    return { members, open: !followed && reached(last) - last <= gapMs };
  });
}

function content(
  subject: Pick<Content, 'channel' | 'rule' | 'limit'>,
  { members, open }: BruteRun,
  tail: number,
  facts: StationFacts,
): Content {
  const distance = ({ value, threshold }: Judged) => Math.abs(Number(value) - Number(threshold));
  const most = Math.max(...members.map(distance));
  const farthest = members.find((member) => Math.abs(distance(member) - most) < 1e-9)!;
  const start = members[0]!.at;
  const until = members.at(-1)!.at + tail;
  return {
    ...subject,
    start: toInstant(start),
    end: open ? null : toInstant(until),
    peak: farthest.value!,
    threshold: farthest.threshold!,
    members: open ? 0 : members.length,
    reportable: false,
    nodeAway: false,
    declared: isCovered(facts, subject.channel, { from: start, to: until }),
  };
}
