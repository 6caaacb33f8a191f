export { type Conversion, chain, convert, identity, inverse } from './conversion.ts';
export {
  add,
  compare,
  type Decimal,
  formatDecimal,
  mean,
  multiply,
  parseDecimal,
  quotient,
  roundHalfUp,
  subtract,
  sum,
  toNumber,
  trimZeros,
  weightedMean,
} from './decimal.ts';
export {
  addDecimals,
  compareDecimals,
  decimalOf,
  isDecimal,
  meanOf,
  multiplyDecimals,
  roundDecimal,
  subtractDecimals,
  sumOf,
  weightedMeanOf,
} from './decimal-text.ts';
export { type NowCast, nowCast } from './indices/now-cast.ts';
export {
  type AqiAnswer,
  type AqiDay,
  type AqiHour,
  dailyVnAqi,
  eightHourMeans,
  hourlyVnAqi,
  type SubIndex,
} from './indices/vn-aqi.ts';
export { type AqiTerm, aqiLevels, type IndexLevel, vnAqiProvenance } from './indices/vn-aqi-table.ts';
export { vnWqi, type WaterQuality, type WqiAnswer } from './indices/vn-wqi.ts';
export {
  vnWqiProvenance,
  type WqiGroup,
  type WqiParameter,
  wqiGroups,
  wqiLevels,
  wqiScaleProvenance,
} from './indices/vn-wqi-table.ts';
export {
  type InstrumentRequirement,
  instrumentProvenance,
  instrumentRequirement,
  instrumentRequirements,
  wastewaterRangeMultiple,
} from './instrument-requirements.ts';
export { comparisonRule } from './limits/comparison-rule.ts';
export { judge, type Limit, type LimitBasis, type Verdict } from './limits/limit.ts';
export { type LimitAnswer, type LimitTerms, limitsUnder } from './limits/limits-under.ts';
export { qcvn05Of2013 } from './limits/qcvn-05-2013.ts';
export { qcvn05Of2023 } from './limits/qcvn-05-2023.ts';
export {
  industrialWastewaterLimit,
  isFactor,
  kfOfDischarge,
  kqOfLake,
  kqOfRiver,
  kqOfSea,
  type WastewaterTerms,
} from './limits/qcvn-40-2011.ts';
export { qcvn40Of2011, type WastewaterColumn, type WastewaterRow } from './limits/qcvn-40-2011-table.ts';
export {
  industrialWastewaterStandards,
  type Standard,
  standardByCode,
  standards,
  wastewaterTransition,
} from './limits/standards.ts';
export { molarMasses, type Substance } from './molar-masses.ts';
export type { Medium, Parameter, ParameterCode } from './parameter-catalogue.ts';
export {
  normaliseSymbol,
  parameterByCode,
  parameterBySymbol,
  parameters,
  type SymbolMeaning,
} from './parameters.ts';
export { holdsOn, inForce, type Mark, type Provenance, type Sourced, together, unconfirmed } from './provenance.ts';
export {
  currentProvinces,
  type FormerProvince,
  formerProvinces,
  type PrefixMeaning,
  type Province,
  predecessorsOf,
  provinceByCode,
  provincesOfPrefix,
  successorOf,
} from './provinces.ts';
export { type Flag, flags, rollUp } from './qartod.ts';
export type { Dimension, Unit, UnitCode } from './unit-table.ts';
export { basisConversion, canonicalUnit, conversion, mayBeCutUnit, normalMolarVolume, unitByCode } from './units.ts';
export {
  type Day,
  dayBounds,
  dayOf,
  formatLocalStamp,
  fromInstant,
  hourOf,
  isDay,
  parseLocalStamp,
  type StampMeaning,
  toInstant,
} from './vietnam-time.ts';
