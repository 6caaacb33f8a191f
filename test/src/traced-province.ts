import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { simulate } from '@quantrac/simulator';
import { differencesBetween, eventually, resultsOf, type SeenSpan, startTraceCollector } from '@quantrac/testing';
import { HOUR_MS, live, type Province, registerLoggers } from './loggers.ts';
import { type ApartOptions, startApart, startWhole } from './provinces.ts';

const START = Date.UTC(2026, 0, 14, 17);
const HOURS = 1;
const times = { start: START, end: START + (HOURS + 1) * HOUR_MS };
const patience = { withinMs: 60_000, everyMs: 1000 };
const chain = ['ingestion', 'quality-control', 'alerting', 'ministry-sync', 'national-aggregation'];

/**
 * In a province of separate processes one trace leads from a file that was received to the national record, and results are those of a
 * province that nobody traces.
 */
export async function assertFilesAreTraced(t: TestContext, { storesOf = () => ({}) }: ApartOptions): Promise<void> {
  const { endpoint, spans } = await startTraceCollector(t);
  const traced = { otelExporterOtlpEndpoint: endpoint };
  const { province: apart } = await startApart(t, { storesOf: (data) => ({ ...storesOf(data), ...traced }) });
  const { province: whole } = await startWhole(t);
  const simulation = simulate({ stations: 2, hours: HOURS, seed: 7, start: START, provinces: ['HCM'] });
  const liveThrough = async (province: Province) =>
    live(await registerLoggers(province, simulation), { ...times, deliveries: simulation.deliveries() });
  await Promise.all([liveThrough(apart), liveThrough(whole)]);
  await eventually(async () => {
    const [here, there] = [await resultsOf(apart.peer), await resultsOf(whole.peer)];
    assert.deepEqual(differencesBetween(here, there, { incidents: true }), []);
  }, patience);

  const traces = () => Map.groupBy(spans, ({ traceId }) => traceId);
  await eventually(() => {
    const found = [...traces().values()].map((trace) => new Set(trace.map(({ service }) => service)));
    const most = found.toSorted((a, b) => b.size - a.size)[0] ?? new Set();
    const all = found.some((services) => chain.every((service) => services.has(service)));
    assert.ok(all, `no trace leads through ${chain}; the longest through ${[...most]}`);
  }, patience);
  await eventually(() => {
    for (const trace of traces().values()) assertHangsTogether(trace);
  }, patience);
}

/** It begins with a file, and each of its spans under one of the others. */
function assertHangsTogether(trace: readonly SeenSpan[]): void {
  const ids = new Set(trace.map(({ spanId }) => spanId));
  const roots = trace.filter(({ parentSpanId }) => !parentSpanId);
  assert.deepEqual(
    roots.map(({ service, name }) => `${service}: ${name}`),
    ['ingestion: file'],
  );
  for (const { name, parentSpanId } of trace)
    if (parentSpanId) assert.ok(ids.has(parentSpanId), `${name} hangs under a span of its trace`);
}
