import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { startTraceCollector } from '@quantrac/conformance/trace-collector';
import { openTelemetry } from './open-telemetry.ts';

async function traced(t: TestContext, ratio = 1) {
  const { endpoint, spans } = await startTraceCollector(t);
  const tracing = openTelemetry({ endpoint, ratio, service: 'counting', resource: { node: 'n1' } });
  return { tracing, spans, sent: () => tracing.close() };
}

const cause = (trace: string) => `00-${trace.repeat(32)}-${trace.repeat(16)}-01`;

test('what comes of a file hangs in its trace', async (t) => {
  const { tracing, spans, sent } = await traced(t);
  const file = tracing.begin('file', { way: 'ftp' });
  const batch = tracing.batch('checking', [file.traceparent!]);
  assert.equal(batch.traceparentOf(file.traceparent!).slice(0, 35), file.traceparent!.slice(0, 35));
  assert.notEqual(batch.traceparentOf(file.traceparent!), file.traceparent);
  batch.end({ taken: 3, repeat: 1, failed: 0 });
  file.end({ outcome: 'accepted' });
  await sent();
  const [checking, root] = ['checking batch', 'file'].map((name) => spans.find((span) => span.name === name)!);
  assert.equal(checking!.parentSpanId, root!.spanId);
  assert.equal(checking!.traceId, root!.traceId);
  assert.equal(Number(checking!.attributes['quantrac.records.taken']), 3);
  assert.equal(root!.attributes['quantrac.file.outcome'], 'accepted');
});

test('a batch that merges records of several traces has a span in each, linked to the others', async (t) => {
  const { tracing, spans, sent } = await traced(t);
  const batch = tracing.batch('checking', [cause('a'), cause('b'), cause('a')]);
  batch.end({ taken: 3, repeat: 0, failed: 0 });
  await sent();
  const seen = spans.map(({ traceId, links }) => [traceId[0], links.map((link) => link.traceId[0])]);
  assert.deepEqual(seen, [
    ['a', ['b']],
    ['b', ['a']],
  ]);
});

test('what is not sampled makes no span and carries nothing on, and a batch follows some traces at most', async (t) => {
  const { tracing, spans, sent } = await traced(t, 0);
  assert.equal(tracing.begin('file', {}).traceparent, undefined);
  const many = Array.from({ length: 100 }, (_, index) => cause('a').replace(/a{4}-/, `${1000 + index}-`));
  const batch = tracing.batch('checking', many);
  assert.equal(batch.traceparentOf(many[99]!), many[99]);
  batch.end(undefined);
  const unsampled = tracing.batch('checking', [cause('c').replace(/01$/, '00'), 'no trace context']);
  assert.equal(unsampled.traceparentOf('no trace context'), 'no trace context');
  unsampled.end(undefined);
  await sent();
  assert.equal(spans.length, 16);
  assert.ok(spans.every(({ links }) => links.length <= 32));
});

test('under load no more traces begin than some a second', async (t) => {
  const { tracing } = await traced(t);
  const began = Array.from({ length: 1000 }, () => tracing.begin('file', {}).traceparent);
  const seconds = 2;
  assert.ok(began.filter(Boolean).length <= 10 * seconds);
});
