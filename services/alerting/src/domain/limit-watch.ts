import type { LimitInForce } from '@quantrac/contracts';
import { type DatedJudge, inForceAt, type LimitRule } from './dated-limits.ts';
import { countedValue } from './outcome.ts';
import type { Member, Run } from './run.ts';
import { type Context, meanPadMs, meanSource, means, readingGap, readingPadMs, SETS } from './sources.ts';
import { type ChannelFacts, isDeclared, settingsOf } from './station-facts.ts';
import { type Compared, type MeanContent, type SetContent, subject, type Watch } from './watch.ts';

/** Watches what a limit is compared with, by the rule that its judges follow: means of its basis, or readings. */
export function limitWatch(
  rule: LimitRule,
  judges: readonly DatedJudge[],
  channelFacts: ChannelFacts,
  context: Context,
): Watch {
  const { channel, limit, basis } = judges[0]!.limit;
  const read = basis === 'reading' ? ofReadings(judges, channelFacts, context) : ofMeans(judges, basis, context);
  const described = (start: number) => inForceAt(judges, start + Math.max(read.lengthMs, 1)) ?? judges[0]!;
  return {
    ...subject(channel, rule, limit, basis),
    channel,
    least: 1,
    terms: { gapPeriods: context.settings.episodeGapPeriods },
    ...read,
    unit: (start) => described(start).limit.unit,
    explain: (run) => limitSentence(rule, run, described(run.start).limit),
  };
}

type Read = Pick<Watch, 'source' | 'lengthMs' | 'gapMs' | 'followedBy' | 'padMs' | 'member'>;

function ofMeans(judges: readonly DatedJudge[], length: keyof typeof means, { settings }: Context): Read {
  const { lengthMs, everyMs } = means[length];
  const padMs = meanPadMs(length, settings);
  return {
    source: meanSource(judges[0]!.limit.channel, length),
    lengthMs,
    gapMs: () => padMs,
    followedBy(at) {
      const next = inForceAt(judges, at + lengthMs + everyMs);
      if (!next) return 'nothing';
      return isOfPermit(next.limit) ? 'days' : 'means';
    },
    padMs,
    member(at, content) {
      const end = at + lengthMs;
      const inForce = inForceAt(judges, end);
      const compared = inForce && comparedWith(inForce.limit, content as MeanContent);
      if (!compared || compared.value === null) return undefined;
      return judged(inForce, { at, value: compared.value, unit: compared.unit });
    },
  };
}

/** A permit's limit of a day is held against the daily value of its method (NĐ 08/2022, Điều 97 and 98), made by compliance alone. */
const comparedWith = (limit: LimitInForce, { mean, daily }: MeanContent): Compared | undefined =>
  isOfPermit(limit) ? daily : mean;

const isOfPermit = ({ basis, permit }: LimitInForce): boolean => basis === '24h' && permit !== null;

function ofReadings(judges: readonly DatedJudge[], channelFacts: ChannelFacts, { facts, settings }: Context): Read {
  const { channel } = judges[0]!.limit;
  return {
    source: SETS,
    lengthMs: 0,
    gapMs: readingGap(channelFacts, settings),
    followedBy: () => 'sets',
    padMs: readingPadMs(channelFacts, settings),
    member(at, content) {
      const outcome = (content as SetContent)[channel];
      const value = outcome && countedValue(outcome);
      if (!value || isDeclared(facts, channel, at)) return undefined;
      const { stamp, unit } = settingsOf(channelFacts, at);
      return judged(inForceAt(judges, stamp === 'start' ? at + 1 : at), { at, value, unit });
    },
  };
}

/** Undefined where no limit is in force, or it is in another unit. */
const judged = (
  inForce: DatedJudge | undefined,
  { at, value, unit }: { at: number; value: string; unit: string },
): Member | undefined => (inForce?.limit.unit === unit ? { at, beyond: inForce.judge(value) } : undefined);

function limitSentence(rule: LimitRule, { peak, threshold }: Run, limit: LimitInForce): string {
  const { parameter, basis, permit, unit, standard, column, unconfirmed } = limit;
  const measured = `${basis === 'reading' ? 'readings' : permit !== null && basis === '24h' ? 'daily values' : `${basis} means`} of ${parameter}`;
  const passed = rule === 'exceedance' ? 'beyond the limit' : 'near or beyond the limit, warning from';
  const source = `${standard}${column === null ? '' : `, column ${column}`}`;
  const mark = unconfirmed ? '; the limit rests on a table that nobody has confirmed' : '';
  return `${measured} ${passed} ${threshold} ${unit} (${source}), farthest ${peak}${mark}`;
}
