import type { ParameterCode } from '../parameter-catalogue.ts';
import type { Provenance } from '../provenance.ts';
import type { Limit, LimitBasis } from './limit.ts';

/** Writes one row of an ambient air table, a limit per length of mean, in µg/Nm3. */
export const ambientRows =
  (standard: string, table: Provenance) =>
  (
    parameter: ParameterCode,
    uppers: Readonly<Partial<Record<LimitBasis, string>>>,
    row: Partial<Provenance> = {},
  ): readonly Limit[] =>
    (Object.entries(uppers) as [LimitBasis, string][]).map(([basis, upper]) => ({
      standard,
      parameter,
      basis,
      unit: 'µg/Nm3',
      upper,
      provenance: { ...table, ...row },
    }));
