import type { LimitInForce } from '@quantrac/contracts';
import { type DatedJudge, inForceAt, type LimitRule } from './dated-limits.ts';
import { countedValue } from './outcome.ts';
import type { Member, Run } from './run.ts';
import { type Context, meanPadMs, meanSource, means, readingGap, readingPadMs, SETS } from './sources.ts';
import { type ChannelFacts, isDeclared, settingsOf } from './station-facts.ts';
import { type MeanContent, type SetContent, subject, type Watch } from './watch.ts';

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
    ...read,
    unit: (start) => described(start).limit.unit,
    explain: (run) => limitSentence(rule, run, described(run.start).limit),
  };
}

type Read = Pick<Watch, 'source' | 'lengthMs' | 'gapMs' | 'padMs' | 'member'>;

function ofMeans(judges: readonly DatedJudge[], length: keyof typeof means, { settings }: Context): Read {
  const { lengthMs } = means[length];
  const padMs = meanPadMs(length, settings);
  return {
    source: meanSource(judges[0]!.limit.channel, length),
    lengthMs,
    gapMs: () => padMs,
    padMs,
    member(at, content) {
      const { value, unit } = content as MeanContent;
      return value === null ? undefined : judged(judges, { at, end: at + lengthMs, value, unit });
    },
  };
}

function ofReadings(judges: readonly DatedJudge[], channelFacts: ChannelFacts, { facts, settings }: Context): Read {
  const { channel } = judges[0]!.limit;
  return {
    source: SETS,
    lengthMs: 0,
    gapMs: readingGap(channelFacts, settings),
    padMs: readingPadMs(channelFacts, settings),
    member(at, content) {
      const outcome = (content as SetContent)[channel];
      const value = outcome && countedValue(outcome);
      if (!value || isDeclared(facts, channel, at)) return undefined;
      const { stamp, unit } = settingsOf(channelFacts, at);
      return judged(judges, { at, end: stamp === 'start' ? at + 1 : at, value, unit });
    },
  };
}

interface Measured {
  readonly at: number;
  /** By it the day is told whose limit is in force. */
  readonly end: number;
  readonly value: string;
  readonly unit: string;
}

/** Undefined where no limit is in force, or it is in another unit. */
function judged(judges: readonly DatedJudge[], { at, end, value, unit }: Measured): Member | undefined {
  const inForce = inForceAt(judges, end);
  return inForce?.limit.unit === unit ? { at, beyond: inForce.judge(value) } : undefined;
}

function limitSentence(rule: LimitRule, { peak, threshold }: Run, limit: LimitInForce): string {
  const { parameter, basis, unit, standard, column, unconfirmed } = limit;
  const measured = basis === 'reading' ? `readings of ${parameter}` : `${basis} means of ${parameter}`;
  const passed = rule === 'exceedance' ? 'beyond the limit' : 'near or beyond the limit, warning from';
  const source = `${standard}${column === null ? '' : `, column ${column}`}`;
  const mark = unconfirmed ? '; the limit rests on a table that nobody has confirmed' : '';
  return `${measured} ${passed} ${threshold} ${unit} (${source}), farthest ${peak}${mark}`;
}
