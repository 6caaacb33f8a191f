/** What is measured; only units of one dimension convert by number alone. N: per cubic metre at normal condition. */
export type Dimension =
  | 'none'
  | 'percentage'
  | 'gas fraction'
  | 'mass concentration'
  | 'mass per normal volume'
  | 'flow'
  | 'normal flow'
  | 'volume'
  | 'temperature'
  | 'pressure'
  | 'conductivity'
  | 'voltage'
  | 'length'
  | 'speed'
  | 'angle'
  | 'irradiance'
  | 'colour'
  | 'turbidity (NTU)'
  | 'turbidity (FNU)'
  | 'salinity (‰)'
  | 'salinity (PSU)'
  | 'most probable number'
  | 'colony count'
  | 'radioactivity';

interface UnitRow {
  /** As the regulation writes it, with µ U+00B5. */
  readonly code: string;
  readonly dimension: Dimension;
  /** In the dimension's first unit a value is (value × factor + offset) ÷ divisor. */
  readonly factor?: string;
  readonly divisor?: string;
  readonly offset?: string;
  /** For open data. */
  readonly ucum: string;
  /** Other spellings met or likely, beyond what `units.ts` forgives by itself. */
  readonly spellings?: readonly string[];
}

const litres = (numerator: string) => [`${numerator}/lít`, `${numerator}/lit`, `${numerator}.l-1`];
const perDay = (numerator: string) =>
  ['d', 'ngày', 'ngay', 'ngày đêm', 'ngày.đêm', 'ngđ', '24h'].map((day) => `${numerator}/${day}`);

export const unitTable = [
  { code: '-', dimension: 'none', ucum: '1', spellings: ['', '--', 'pH', 'pH unit', 'none', '1'] },
  { code: '%', dimension: 'percentage', ucum: '%', spellings: ['%RH', '%sat', 'percent'] },
  { code: '%V', dimension: 'gas fraction', ucum: '%{vol}', spellings: ['%vol', 'vol%', 'V%', '%(v/v)', '%v/v'] },
  { code: 'ppm', dimension: 'gas fraction', divisor: '10000', ucum: '[ppm]', spellings: ['ppmv'] },
  { code: 'ppb', dimension: 'gas fraction', divisor: '10000000', ucum: '[ppb]', spellings: ['ppbv'] },

  { code: 'mg/L', dimension: 'mass concentration', ucum: 'mg/L', spellings: litres('mg') },
  { code: 'µg/L', dimension: 'mass concentration', divisor: '1000', ucum: 'ug/L', spellings: litres('µg') },
  { code: 'ng/L', dimension: 'mass concentration', divisor: '1000000', ucum: 'ng/L', spellings: litres('ng') },
  { code: 'g/L', dimension: 'mass concentration', factor: '1000', ucum: 'g/L', spellings: litres('g') },
  { code: 'g/m3', dimension: 'mass concentration', ucum: 'g/m3' },
  { code: 'mg/m3', dimension: 'mass concentration', divisor: '1000', ucum: 'mg/m3' },
  { code: 'µg/m3', dimension: 'mass concentration', divisor: '1000000', ucum: 'ug/m3' },

  { code: 'mg/Nm3', dimension: 'mass per normal volume', ucum: 'mg/m3{normal}', spellings: ['mg/m3N'] },
  { code: 'µg/Nm3', dimension: 'mass per normal volume', divisor: '1000', ucum: 'ug/m3{normal}' },
  { code: 'g/Nm3', dimension: 'mass per normal volume', factor: '1000', ucum: 'g/m3{normal}' },

  { code: 'm3/h', dimension: 'flow', ucum: 'm3/h', spellings: ['m3/hr', 'm3/giờ', 'm3/gio', 'm3h', 'cmh'] },
  { code: 'm3/s', dimension: 'flow', factor: '3600', ucum: 'm3/s', spellings: ['m3/sec', 'm3/giây'] },
  { code: 'm3/min', dimension: 'flow', factor: '60', ucum: 'm3/min', spellings: ['m3/phút'] },
  { code: 'm3/day', dimension: 'flow', divisor: '24', ucum: 'm3/d', spellings: perDay('m3') },
  { code: 'L/s', dimension: 'flow', factor: '3.6', ucum: 'L/s', spellings: ['lít/s', 'lit/s'] },
  { code: 'L/min', dimension: 'flow', factor: '0.06', ucum: 'L/min', spellings: ['lít/phút', 'lpm'] },
  { code: 'L/h', dimension: 'flow', factor: '0.001', ucum: 'L/h', spellings: ['lít/h', 'lít/giờ'] },
  { code: 'Nm3/h', dimension: 'normal flow', ucum: 'm3/h{normal}', spellings: ['Nm3/hr', 'Nm3/giờ'] },
  { code: 'Nm3/s', dimension: 'normal flow', factor: '3600', ucum: 'm3/s{normal}' },
  { code: 'm3', dimension: 'volume', ucum: 'm3' },
  { code: 'L', dimension: 'volume', factor: '0.001', ucum: 'L', spellings: ['lít', 'lit'] },

  {
    code: '°C',
    dimension: 'temperature',
    ucum: 'Cel',
    spellings: ['oC', 'C', '0C', 'degC', 'deg C', 'độ C', 'do C', 'Celsius'],
  },
  { code: 'K', dimension: 'temperature', offset: '-273.15', ucum: 'K', spellings: ['°K', 'Kelvin'] },
  {
    code: '°F',
    dimension: 'temperature',
    factor: '5',
    offset: '-160',
    divisor: '9',
    ucum: '[degF]',
    spellings: ['F', '0F', 'degF', 'deg F'],
  },
  { code: 'kPa', dimension: 'pressure', ucum: 'kPa' },
  { code: 'hPa', dimension: 'pressure', factor: '0.1', ucum: 'hPa' },
  { code: 'Pa', dimension: 'pressure', factor: '0.001', ucum: 'Pa' },
  { code: 'mbar', dimension: 'pressure', factor: '0.1', ucum: 'mbar' },
  { code: 'bar', dimension: 'pressure', factor: '100', ucum: 'bar' },
  { code: 'mmHg', dimension: 'pressure', factor: '0.133322387415', ucum: 'mm[Hg]' },
  { code: 'atm', dimension: 'pressure', factor: '101.325', ucum: 'atm' },
  { code: 'mmH2O', dimension: 'pressure', factor: '0.00980665', ucum: 'mm[H2O]' },

  { code: 'µS/cm', dimension: 'conductivity', ucum: 'uS/cm' },
  { code: 'mS/cm', dimension: 'conductivity', factor: '1000', ucum: 'mS/cm' },
  { code: 'mV', dimension: 'voltage', ucum: 'mV' },
  { code: 'V', dimension: 'voltage', factor: '1000', ucum: 'V' },

  { code: 'm', dimension: 'length', ucum: 'm', spellings: ['mét'] },
  { code: 'cm', dimension: 'length', factor: '0.01', ucum: 'cm' },
  { code: 'mm', dimension: 'length', factor: '0.001', ucum: 'mm' },
  { code: 'm/s', dimension: 'speed', ucum: 'm/s', spellings: ['m/sec'] },
  { code: 'km/h', dimension: 'speed', divisor: '3.6', ucum: 'km/h', spellings: ['km/giờ', 'kmh', 'kph'] },
  { code: '°', dimension: 'angle', ucum: 'deg', spellings: ['deg', 'degree', 'degrees', 'độ'] },
  { code: 'W/m2', dimension: 'irradiance', ucum: 'W/m2' },

  {
    code: 'Pt-Co',
    dimension: 'colour',
    ucum: '{Pt-Co}',
    spellings: ['PtCo', 'Pt/Co', 'Hazen', 'TCU', 'PCU', 'mg Pt/L'],
  },
  { code: 'NTU', dimension: 'turbidity (NTU)', ucum: '{NTU}' },
  { code: 'FNU', dimension: 'turbidity (FNU)', ucum: '{FNU}' },
  { code: '‰', dimension: 'salinity (‰)', ucum: '[ppth]', spellings: ['g/kg', 'o/oo', '0/00'] },
  { code: 'PSU', dimension: 'salinity (PSU)', ucum: '{PSU}' },
  {
    code: 'MPN/100 mL',
    dimension: 'most probable number',
    ucum: '{MPN}/(100.mL)',
    spellings: ['MPN/100'],
  },
  { code: 'CFU/100 mL', dimension: 'colony count', ucum: '[CFU]/(100.mL)' },
  { code: 'Bq/L', dimension: 'radioactivity', ucum: 'Bq/L', spellings: ['Bq/lít'] },
] as const satisfies readonly UnitRow[];

export type UnitCode = (typeof unitTable)[number]['code'];
export type Unit = UnitRow & { readonly code: UnitCode };
