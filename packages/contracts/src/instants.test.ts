import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { z } from 'zod';
import { ingestionCommands } from './commands/ingestion.ts';
import { qualityControlCommands } from './commands/quality-control.ts';
import { stationRegistryCommands } from './commands/station-registry.ts';
import { alertingQueries } from './queries/alerting.ts';
import { enterpriseComplianceQueries } from './queries/enterprise-compliance.ts';
import { ingestionQueries } from './queries/ingestion.ts';
import { ministrySyncQueries } from './queries/ministry-sync.ts';
import { nationalAggregationQueries } from './queries/national-aggregation.ts';
import { qualityControlQueries } from './queries/quality-control.ts';
import { stationRegistryQueries } from './queries/station-registry.ts';

type Asked = Readonly<Record<string, z.ZodObject>>;

const argsOf = (queries: Readonly<Record<string, { readonly args: z.ZodObject }>>): Asked =>
  Object.fromEntries(Object.entries(queries).map(([name, { args }]) => [name, args]));

const asked: readonly Asked[] = [
  ingestionCommands,
  qualityControlCommands,
  stationRegistryCommands,
  argsOf(alertingQueries),
  argsOf(enterpriseComplianceQueries),
  argsOf(ingestionQueries),
  argsOf(ministrySyncQueries),
  argsOf(nationalAggregationQueries),
  argsOf(qualityControlQueries),
  argsOf(stationRegistryQueries),
];

const others = ['x', 'no time and no day'];

/** Fields that take the right text and no other are of its kind. */
const fieldsThatTake = (right: string): (readonly [string, z.ZodType])[] =>
  asked.flatMap((schemas) =>
    Object.entries(schemas).flatMap(([name, { shape }]) =>
      Object.entries(shape as Readonly<Record<string, z.ZodType>>)
        .filter(([, field]) => field.safeParse(right).success && !others.some((text) => field.safeParse(text).success))
        .map(([field, type]) => [`${name}.${field}`, type] as const),
    ),
  );

test('no command and no query takes a time or a day that does not exist', () => {
  const impossible = [
    ['2026-02-28T00:00:00.000Z', '2026-02-30T00:00:00.000Z'],
    ['2026-02-28', '2026-02-30'],
  ] as const;
  for (const [right, wrong] of impossible) {
    const fields = fieldsThatTake(right);
    assert.ok(fields.length > 2, `${fields.length} fields`);
    for (const [name, field] of fields) assert.ok(!field.safeParse(wrong).success, `${name} takes ${wrong}`);
  }
});
