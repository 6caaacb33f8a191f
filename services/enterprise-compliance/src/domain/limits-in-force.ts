import type { LimitInForce } from '@quantrac/contracts/compliance';
import {
  comparisonRule,
  type Day,
  type Medium,
  type Provenance,
  qcvn05Of2013,
  qcvn05Of2023,
  qcvn40Of2011,
  standards,
} from '@quantrac/regulations';
import { covers, type DaySpan, dayAfter, dayBefore, within } from './day-span.ts';
import type { Demand, Demands, MeasuredChannel, MeasuredStation } from './demand.ts';
import { limitsOnDay } from './limits-on-day.ts';
import { spanOfRule } from './permit-rules.ts';

/**
 * All limits of a station, dated: on each day the newest permit that names the channel, as long as the station belongs to its
 * facility, else the newest assignment.
 * Ascending by channel as given, then by limit and date. Equal neighbours in time are one.
 */
export const limitsInForce = (station: MeasuredStation, demanded: Demands): readonly LimitInForce[] =>
  station.channels.flatMap((channel) => {
    const demands = demandsOn(station, channel, demanded);
    const pieces = spansOf(demands, channel, station.kind).flatMap(([demand, span]) => {
      const keptIn = channel.keptIn.findLast(({ from }) => from === null || from <= span.from) ?? channel.keptIn[0]!;
      return limitsOnDay(station, channel, keptIn, demand, span.from).map((limit) => ({ ...limit, ...span }));
    });
    return joined(pieces);
  });

/** The one that counts comes first. */
const demandsOn = (
  { station, kind }: MeasuredStation,
  { channel }: MeasuredChannel,
  { permits, memberships, assigned }: Demands,
): readonly Demand[] => {
  const newestPermits = [...permits].sort((a, b) => descending(a.from, b.from) || descending(a.permit, b.permit));
  const ofPermits = newestPermits.flatMap((permit) =>
    permit.rules
      .filter((rule) => rule.station === station && rule.channel === channel)
      .flatMap((rule) => {
        const asked = spanOfRule(rule, permit);
        const own = memberships.filter(({ facility }) => facility === permit.facility);
        const spans = asked ? own.flatMap((membership) => within(asked, membership) ?? []) : [];
        return spans.map((span): Demand => ({ by: 'permit', span, permit, rule }));
      }),
  );
  const mayBeAssigned = assigned.filter(({ standard }) => mediumOf(standard) === kind);
  const newest = [...mayBeAssigned].sort((a, b) => descending(a.from, b.from));
  return [...ofPermits, ...newest.map((one): Demand => ({ by: 'assignment', span: one, assigned: one }))];
};

const descending = (a: string, b: string): number => (a < b ? 1 : a > b ? -1 : 0);

const mediumOf = (code: string): Medium | undefined => standards.find((standard) => standard.code === code)?.medium;

/** Days on which some demand holds, cut wherever its limits may change. */
function spansOf(
  demands: readonly Demand[],
  { keptIn }: MeasuredChannel,
  kind: Medium,
): readonly (readonly [Demand, DaySpan])[] {
  const bounds = demands.flatMap(({ span: { from, to } }) => [
    from,
    ...(to === null ? [] : [dayAfter(to)]),
    ...comparisonChanges(kind, from),
  ]);
  const units = keptIn.flatMap(({ from }) => from ?? []);
  const cuts = [...new Set([...bounds, ...units, ...tableChanges])].sort();
  return cuts.flatMap((from, index) => {
    const next = cuts[index + 1];
    const demand = demands.find(({ span }) => covers(span, from));
    return demand ? [[demand, { from, to: next === undefined ? null : dayBefore(next) }] as const] : [];
  });
}

const changesOf = ({ validFrom, validTo }: Provenance): readonly Day[] => [
  ...(validFrom ? [validFrom] : []),
  ...(validTo ? [dayAfter(validTo)] : []),
];

/** Every day on which a standard or a number of it begins to hold, or ends. */
const tableChanges: readonly Day[] = [standards, qcvn40Of2011, qcvn05Of2013, qcvn05Of2023]
  .flat()
  .flatMap(({ provenance }) => changesOf(provenance));

/** Every day after `from` on which another length of mean is compared. */
const comparisonChanges = (kind: Medium, from: Day): readonly Day[] => {
  const last = comparisonRule(kind, from)?.provenance.validTo;
  return last === undefined ? [] : [dayAfter(last), ...comparisonChanges(kind, dayAfter(last))];
};

function joined(pieces: readonly LimitInForce[]): readonly LimitInForce[] {
  const ordered = [...pieces].sort((a, b) => -descending(a.limit, b.limit) || -descending(a.from, b.from));
  const result: LimitInForce[] = [];
  for (const piece of ordered) {
    const last = result.at(-1);
    if (last && last.to !== null && dayAfter(last.to) === piece.from && sameButDays(last, piece))
      result[result.length - 1] = { ...last, to: piece.to };
    else result.push(piece);
  }
  return result;
}

const sameButDays = (a: LimitInForce, b: LimitInForce): boolean =>
  JSON.stringify({ ...a, from: '', to: '' }) === JSON.stringify({ ...b, from: '', to: '' });
