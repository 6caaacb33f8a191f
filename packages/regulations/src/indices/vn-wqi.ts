import { add, type Decimal, multiply, quotient, toNumber } from '../decimal.ts';
import { decimalOf } from '../decimal-text.ts';
import { onScale } from './scale.ts';
import { levelOf } from './vn-aqi.ts';
import type { IndexLevel } from './vn-aqi-table.ts';
import { type WqiGroup, type WqiParameter, wqiGroups, wqiLevels, wqiScales } from './vn-wqi-table.ts';

/** Decimals in the units of `wqiScales`, DO in mg/L; DO takes part only with the temperature in °C. null: missing. */
export type WaterQuality = Readonly<Partial<Record<WqiParameter | 'Temp', string | null>>>;

export type WqiAnswer =
  | {
      readonly outcome: 'index';
      readonly index: number;
      readonly level: IndexLevel;
      /** Of each group that took part, 10 to 100. */
      readonly groups: Readonly<Partial<Record<WqiGroup, number>>>;
      readonly unconfirmed: true;
    }
  /** Group IV needs three parameters, the index three groups. */
  | { readonly outcome: 'no-index'; readonly reason: 'group-iv-incomplete' | 'too-few-groups' };

const leastOfGroupIv = 3;
const leastGroups = 3;
const subIndexDigits = 6;

/** VN_WQI of one sample, QĐ 1460/QĐ-TCMT: I, III and IV² x V multiplied; a group that is absent takes no part. */
export const vnWqi = (values: WaterQuality): WqiAnswer => {
  const present = (group: WqiGroup) => wqiGroups[group].flatMap((parameter) => subIndexOf(parameter, values) ?? []);
  const [I, III, IV, V] = [present('I'), present('III'), present('IV'), present('V')];
  if (IV.length < leastOfGroupIv) return { outcome: 'no-index', reason: 'group-iv-incomplete' };
  if ([I, III, IV, V].filter(({ length }) => length > 0).length < leastGroups)
    return { outcome: 'no-index', reason: 'too-few-groups' };
  const groups = {
    ...(I.length > 0 && { I: I[0]! }),
    ...(III.length > 0 && { III: geometricMean(III) }),
    IV: mean(IV),
    ...(V.length > 0 && { V: mean(V) }),
  };
  const index = indexOf(groups);
  return { outcome: 'index', index, level: levelOf(wqiLevels, index), groups, unconfirmed: true };
};

const indexOf = ({ I = 100, III = 100, IV, V }: { I?: number; III?: number; IV: number; V?: number }): number => {
  const living = V === undefined ? IV : Math.cbrt(IV ** 2 * V);
  return halfUp((I / 100) * (III / 100) * living);
};

const subIndexOf = (parameter: WqiParameter, values: WaterQuality): number | undefined => {
  const value = parameter === 'DO' ? saturation(values) : known(values[parameter]);
  return value && toNumber(onScale(wqiScales[parameter], value, subIndexDigits));
};

const known = (value: string | null | undefined): Decimal | undefined =>
  typeof value === 'string' ? decimalOf(value) : undefined;

/** DO in percent of what water of this temperature holds. */
const saturation = ({ DO, Temp }: WaterQuality): Decimal | undefined => {
  const [oxygen, temperature] = [known(DO), known(Temp)];
  if (!oxygen || !temperature) return undefined;
  // 14.652 - 0.41022 T + 0.0079910 T² - 0.000077774 T³
  const saturated = ['-0.000077774', '0.0079910', '-0.41022', '14.652']
    .map(decimalOf)
    .reduce((so, factor) => add(multiply(so, temperature), factor));
  return saturated.units > 0 ? quotient(multiply(oxygen, decimalOf('100')), saturated, oxygen.scale) : undefined;
};

const mean = (numbers: readonly number[]): number => numbers.reduce((so, one) => so + one, 0) / numbers.length;

const geometricMean = (numbers: readonly number[]): number => Math.exp(mean(numbers.map(Math.log)));

/** Roots are no decimals: what only their last digits hold apart from a half is a half. */
const halfUp = (number: number): number => Math.round(Number(number.toPrecision(12)));
