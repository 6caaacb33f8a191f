import type { Substance } from './molar-masses.ts';
import type { Provenance } from './provenance.ts';
import type { UnitCode } from './unit-table.ts';

/** What a station monitors: also the kinds of station. */
export type Medium = 'wastewater' | 'stack' | 'ambient-air' | 'surface-water' | 'groundwater' | 'hydromet';

interface ParameterRow {
  readonly code: string;
  readonly name: { readonly vi: string; readonly en: string };
  /** The canonical unit in each medium in which it is measured. */
  readonly units: Readonly<Partial<Record<Medium, UnitCode>>>;
  /** The substances as which it is expressed: the catalogue's first, then those that stations send too. */
  readonly bases?: readonly [Substance, ...Substance[]];
  /** A gas whose volume fraction (ppm) has a mass: the substance that gives it. */
  readonly gas?: Substance;
  /** What the bare code leaves open when it stands as the symbol in a station file. */
  readonly ambiguous?: string;
}

const milligrams = { wastewater: 'mg/L', 'surface-water': 'mg/L', groundwater: 'mg/L' } as const;
const counts = { wastewater: 'MPN/100 mL', 'surface-water': 'MPN/100 mL', groundwater: 'MPN/100 mL' } as const;
const becquerels = { wastewater: 'Bq/L', 'surface-water': 'Bq/L', groundwater: 'Bq/L' } as const;
const dimensionless = { wastewater: '-', 'surface-water': '-', groundwater: '-' } as const;
const gases = { stack: 'mg/Nm3', 'ambient-air': 'µg/Nm3' } as const;
const inStacks = { stack: 'mg/Nm3' } as const;
const inAir = { 'ambient-air': 'µg/Nm3' } as const;
const everywhereCelsius = {
  wastewater: '°C',
  stack: '°C',
  'ambient-air': '°C',
  'surface-water': '°C',
  groundwater: '°C',
  hydromet: '°C',
} as const;
const level = { 'surface-water': 'm', groundwater: 'm', hydromet: 'm', wastewater: 'm' } as const;
const flow = { wastewater: 'm3/h', stack: 'm3/h', 'surface-water': 'm3/s', hydromet: 'm3/s' } as const;

export const listedProvenance: Provenance = {
  source: 'TT 10/2021/TT-BTNMT, Phụ lục 15, Bảng 34',
  mark: 'C',
  validFrom: '2021-08-16',
  recordedOn: '2026-11-22',
  note: 'NH4 is listed without its basis; the limits are on ammonium as N, so the code is NH4-N',
};

/** The official symbols; the symbol of a file is the code unless `symbol-table.ts` says otherwise. */
export const listedParameters = [
  { code: 'Flow', name: { vi: 'Lưu lượng', en: 'Flow' }, units: flow },
  { code: 'Temp', name: { vi: 'Nhiệt độ', en: 'Temperature' }, units: everywhereCelsius },
  { code: 'Color', name: { vi: 'Độ màu', en: 'Colour' }, units: { wastewater: 'Pt-Co', 'surface-water': 'Pt-Co' } },
  { code: 'pH', name: { vi: 'pH', en: 'pH' }, units: dimensionless },
  { code: 'TSS', name: { vi: 'Tổng chất rắn lơ lửng', en: 'Total suspended solids' }, units: milligrams },
  { code: 'COD', name: { vi: 'Nhu cầu oxy hóa học', en: 'Chemical oxygen demand' }, units: milligrams },
  { code: 'NH4-N', name: { vi: 'Amoni (tính theo N)', en: 'Ammonium as N' }, units: milligrams, bases: ['N', 'NH4'] },
  { code: 'TP', name: { vi: 'Tổng phốt pho (tính theo P)', en: 'Total phosphorus as P' }, units: milligrams },
  { code: 'TN', name: { vi: 'Tổng nitơ', en: 'Total nitrogen' }, units: milligrams },
  { code: 'TOC', name: { vi: 'Tổng cacbon hữu cơ', en: 'Total organic carbon' }, units: milligrams },
  { code: 'Cl', name: { vi: 'Clo dư', en: 'Residual chlorine' }, units: milligrams },
  {
    code: 'RH',
    name: { vi: 'Độ ẩm tương đối', en: 'Relative humidity' },
    units: { 'ambient-air': '%', hydromet: '%' },
  },
  {
    code: 'P',
    name: { vi: 'Áp suất', en: 'Pressure' },
    units: { stack: 'kPa', 'ambient-air': 'kPa', hydromet: 'hPa' },
  },
  { code: 'NO', name: { vi: 'NO', en: 'Nitric oxide' }, units: gases, bases: ['NO', 'NO2'], gas: 'NO' },
  { code: 'NO2', name: { vi: 'NO2', en: 'Nitrogen dioxide' }, units: gases, gas: 'NO2' },
  { code: 'CO', name: { vi: 'CO', en: 'Carbon monoxide' }, units: gases, gas: 'CO' },
  { code: 'SO2', name: { vi: 'SO2', en: 'Sulfur dioxide' }, units: gases, gas: 'SO2' },
  { code: 'O2', name: { vi: 'Oxy dư', en: 'Oxygen' }, units: { stack: '%V' }, gas: 'O2' },
  { code: 'H2S', name: { vi: 'H2S', en: 'Hydrogen sulfide' }, units: gases, gas: 'H2S' },
  { code: 'NH3', name: { vi: 'NH3', en: 'Ammonia' }, units: gases, gas: 'NH3' },
  { code: 'VHg', name: { vi: 'Hơi thủy ngân', en: 'Mercury vapour' }, units: inStacks, gas: 'Hg' },
  { code: 'PM', name: { vi: 'Bụi tổng', en: 'Dust' }, units: inStacks },
  { code: 'O3', name: { vi: 'Ôzôn', en: 'Ozone' }, units: inAir, gas: 'O3' },
  { code: 'PM10', name: { vi: 'Bụi PM10', en: 'PM10' }, units: inAir },
  { code: 'PM2.5', name: { vi: 'Bụi PM2,5', en: 'PM2.5' }, units: inAir },
] as const satisfies readonly ParameterRow[];

export const fieldProvenance: Provenance = {
  source: 'symbols that stations send beside the official list',
  mark: 'C',
  recordedOn: '2026-11-22',
};

export const fieldParameters = [
  { code: 'DO', name: { vi: 'Oxy hòa tan', en: 'Dissolved oxygen' }, units: milligrams },
  {
    code: 'EC',
    name: { vi: 'Độ dẫn điện', en: 'Electrical conductivity' },
    units: { wastewater: 'µS/cm', 'surface-water': 'µS/cm', groundwater: 'µS/cm' },
  },
  {
    code: 'ORP',
    name: { vi: 'Thế oxy hóa khử', en: 'Oxidation-reduction potential' },
    units: { wastewater: 'mV', 'surface-water': 'mV', groundwater: 'mV' },
  },
  {
    code: 'Turbidity',
    name: { vi: 'Độ đục', en: 'Turbidity' },
    units: { wastewater: 'NTU', 'surface-water': 'NTU', groundwater: 'NTU' },
  },
  { code: 'Salinity', name: { vi: 'Độ mặn', en: 'Salinity' }, units: { 'surface-water': '‰', groundwater: '‰' } },
  { code: 'Level', name: { vi: 'Mực nước', en: 'Water level' }, units: level },
  { code: 'BOD5', name: { vi: 'BOD5 (20 °C)', en: 'BOD5 (20 °C)' }, units: milligrams },
  { code: 'NO3-N', name: { vi: 'Nitrat (tính theo N)', en: 'Nitrate as N' }, units: milligrams, bases: ['N', 'NO3'] },
  { code: 'NO2-N', name: { vi: 'Nitrit (tính theo N)', en: 'Nitrite as N' }, units: milligrams, bases: ['N', 'NO2'] },
  {
    code: 'PO4-P',
    name: { vi: 'Phốt phát (tính theo P)', en: 'Phosphate as P' },
    units: milligrams,
    bases: ['P', 'PO4'],
  },
  { code: 'Coliform', name: { vi: 'Tổng coliform', en: 'Total coliforms' }, units: counts },
  { code: 'Fe', name: { vi: 'Sắt', en: 'Iron' }, units: milligrams },
  { code: 'Zn', name: { vi: 'Kẽm', en: 'Zinc' }, units: milligrams },
  { code: 'Cu', name: { vi: 'Đồng', en: 'Copper' }, units: milligrams },
  { code: 'Hg', name: { vi: 'Thủy ngân', en: 'Mercury' }, units: milligrams },
  { code: 'CN', name: { vi: 'Tổng xianua', en: 'Total cyanide' }, units: milligrams },
  { code: 'Oil', name: { vi: 'Tổng dầu mỡ khoáng', en: 'Mineral oil and grease' }, units: milligrams },
  { code: 'TSP', name: { vi: 'Tổng bụi lơ lửng', en: 'Total suspended particles' }, units: inAir },
  { code: 'THC', name: { vi: 'Tổng hydrocacbon', en: 'Total hydrocarbons' }, units: gases },
  {
    code: 'NOx',
    name: { vi: 'NOx (tính theo NO2)', en: 'NOx as NO2' },
    units: gases,
    bases: ['NO2', 'NO'],
    gas: 'NO2',
    ambiguous: 'as NO2, or the masses of NO and NO2 added',
  },
] as const satisfies readonly ParameterRow[];

export const limitedProvenance: Provenance = {
  source: 'parameters that QCVN 40:2011, QCVN 05:2023 and NĐ 08/2022 name',
  mark: 'C',
  recordedOn: '2026-11-22',
};

export const limitedParameters = [
  { code: 'As', name: { vi: 'Asen', en: 'Arsenic' }, units: milligrams },
  { code: 'Pb', name: { vi: 'Chì', en: 'Lead' }, units: { ...milligrams, 'ambient-air': 'µg/Nm3' } },
  { code: 'Cd', name: { vi: 'Cadimi', en: 'Cadmium' }, units: milligrams },
  { code: 'Cr6+', name: { vi: 'Crom (VI)', en: 'Chromium (VI)' }, units: milligrams },
  { code: 'Cr3+', name: { vi: 'Crom (III)', en: 'Chromium (III)' }, units: milligrams },
  { code: 'Ni', name: { vi: 'Niken', en: 'Nickel' }, units: milligrams },
  { code: 'Mn', name: { vi: 'Mangan', en: 'Manganese' }, units: milligrams },
  { code: 'Phenol', name: { vi: 'Tổng phenol', en: 'Total phenols' }, units: milligrams },
  { code: 'Sulfide', name: { vi: 'Sunfua', en: 'Sulfide' }, units: milligrams },
  { code: 'F', name: { vi: 'Florua', en: 'Fluoride' }, units: milligrams },
  { code: 'Chloride', name: { vi: 'Clorua', en: 'Chloride' }, units: milligrams },
  {
    code: 'Pesticides-OCl',
    name: { vi: 'Tổng hóa chất bảo vệ thực vật clo hữu cơ', en: 'Organochlorine pesticides' },
    units: milligrams,
  },
  {
    code: 'Pesticides-OP',
    name: { vi: 'Tổng hóa chất bảo vệ thực vật phốt pho hữu cơ', en: 'Organophosphorus pesticides' },
    units: milligrams,
  },
  { code: 'PCB', name: { vi: 'Tổng PCB', en: 'Polychlorinated biphenyls' }, units: milligrams },
  { code: 'Gross-alpha', name: { vi: 'Tổng hoạt độ phóng xạ α', en: 'Gross alpha activity' }, units: becquerels },
  { code: 'Gross-beta', name: { vi: 'Tổng hoạt độ phóng xạ β', en: 'Gross beta activity' }, units: becquerels },
  { code: 'HCl', name: { vi: 'HCl', en: 'Hydrogen chloride' }, units: inStacks, gas: 'HCl' },
  { code: 'HF', name: { vi: 'HF', en: 'Hydrogen fluoride' }, units: inStacks, gas: 'HF' },
] as const satisfies readonly ParameterRow[];

export const companionProvenance: Provenance = {
  source: 'what automatic air, water and hydrometeorological stations usually measure beside the lists',
  mark: 'G',
  recordedOn: '2026-11-22',
};

export const companionParameters = [
  { code: 'CO2', name: { vi: 'CO2', en: 'Carbon dioxide' }, units: { stack: '%V', 'ambient-air': 'ppm' }, gas: 'CO2' },
  { code: 'H2O', name: { vi: 'Hàm ẩm khí thải', en: 'Moisture of the flue gas' }, units: { stack: '%V' }, gas: 'H2O' },
  { code: 'CH4', name: { vi: 'Mêtan', en: 'Methane' }, units: gases, gas: 'CH4' },
  { code: 'C6H6', name: { vi: 'Benzen', en: 'Benzene' }, units: gases, gas: 'C6H6' },
  { code: 'Cl2', name: { vi: 'Khí clo', en: 'Chlorine gas' }, units: inStacks, gas: 'Cl2' },
  { code: 'PM1', name: { vi: 'Bụi PM1', en: 'PM1' }, units: inAir },
  { code: 'TDS', name: { vi: 'Tổng chất rắn hòa tan', en: 'Total dissolved solids' }, units: milligrams },
  { code: 'E.coli', name: { vi: 'E. coli', en: 'E. coli' }, units: counts },
  { code: 'Rain', name: { vi: 'Lượng mưa', en: 'Rainfall' }, units: { 'ambient-air': 'mm', hydromet: 'mm' } },
  { code: 'WindSpeed', name: { vi: 'Tốc độ gió', en: 'Wind speed' }, units: { 'ambient-air': 'm/s', hydromet: 'm/s' } },
  {
    code: 'WindDirection',
    name: { vi: 'Hướng gió', en: 'Wind direction' },
    units: { 'ambient-air': '°', hydromet: '°' },
  },
  {
    code: 'Radiation',
    name: { vi: 'Bức xạ mặt trời', en: 'Solar radiation' },
    units: { 'ambient-air': 'W/m2', hydromet: 'W/m2' },
  },
  { code: 'Velocity', name: { vi: 'Vận tốc dòng', en: 'Flow velocity' }, units: { stack: 'm/s', hydromet: 'm/s' } },
] as const satisfies readonly ParameterRow[];

export type ParameterCode =
  | (typeof listedParameters)[number]['code']
  | (typeof fieldParameters)[number]['code']
  | (typeof limitedParameters)[number]['code']
  | (typeof companionParameters)[number]['code'];

export type Parameter = ParameterRow & { readonly code: ParameterCode; readonly provenance: Provenance };
