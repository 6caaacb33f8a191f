import type { handleServerStreamingCall, handleUnaryCall, ServerWritableStream } from '@grpc/grpc-js';
import { hoursBetween } from '@quantrac/contracts/digest';
import {
  type CompareRequest,
  type CompareResponse,
  type FactsRequest,
  type FactsResponse,
  type HeldRequest,
  type HeldResponse,
  ReplicationServiceService,
} from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { Fault } from '@quantrac/event-sourcing';
import { emptyRoot, hashToBytes, rootOf } from '@quantrac/journal';
import { edgeOf, type JournalStore, rootAt } from '@quantrac/journal-store';
import { type GrpcService, toStatus } from '@quantrac/service';
import { type CopyContext, factsHeld, talliesHeld } from '../comparing/facts-held.ts';
import { NodeStream, type NodeStreamContext } from '../receiving/node-stream.ts';
import { journalOf, newestOf } from '../receiving/standing.ts';

export interface ReplicationContext extends CopyContext {
  readonly journals: JournalStore;
  readonly streams: NodeStreamContext;
}

const A_MESSAGE = 1000;
const HOUR_MS = 3_600_000;

/** What nodes ask of the ministry. */
export const replicationService = (context: ReplicationContext): GrpcService => ({
  service: ReplicationServiceService,
  handlers: {
    replicate: (call: ConstructorParameters<typeof NodeStream>[0]) => void new NodeStream(call, context.streams),
    held: heldCall(context),
    compare: compareCall(context),
    facts: factsCall(context),
  },
});

const heldCall =
  ({ journals }: ReplicationContext): handleUnaryCall<HeldRequest, HeldResponse> =>
  async ({ request }, answer) => {
    try {
      const { node, incarnation, size } = request;
      const { incarnation: newest } = await newestOf(journals, node);
      const journal = journalOf(node, incarnation);
      const edge = await edgeOf(journals, journal);
      const at = await rootAt(journals, journal, Number(size));
      answer(null, {
        newest,
        size: BigInt(edge.size),
        root: hashToBytes(edge.size === 0 ? emptyRoot : rootOf(edge)),
        rootAt: at === undefined ? Buffer.alloc(0) : hashToBytes(at),
      });
    } catch (error) {
      answer(toStatus(error));
    }
  };

const compareCall =
  (context: ReplicationContext): handleServerStreamingCall<CompareRequest, CompareResponse> =>
  (call) =>
    streamed(call, async () => {
      const { node, from, to, byStation, ...of } = call.request;
      const [station, collection] = [of.station || undefined, of.collection || undefined];
      const asked = { node, hours: hoursBetween(from, to), station, collection };
      if (byStation) {
        for await (const digests of talliesHeld(asked, context)) await sent(call, { digests: [...digests] });
        return;
      }
      const digests = (await factsHeld(asked, context)).digests();
      for (let at = 0; at < digests.length; at += A_MESSAGE)
        await sent(call, { digests: digests.slice(at, at + A_MESSAGE) });
    });

const factsCall =
  (context: ReplicationContext): handleServerStreamingCall<FactsRequest, FactsResponse> =>
  (call) =>
    streamed(call, async () => {
      const { node, ...place } = call.request;
      const hour = place.hour === '' ? 0 : Date.parse(place.hour);
      const hours = place.hour === '' ? { from: 1, to: 1 } : { from: hour, to: hour + HOUR_MS };
      const { station, collection } = place;
      const lines = (await factsHeld({ node, hours, station, collection }, context)).lines(place);
      for (let at = 0; at < lines.length; at += A_MESSAGE) await sent(call, { facts: lines.slice(at, at + A_MESSAGE) });
    });

async function streamed<Q, R>(call: ServerWritableStream<Q, R>, work: () => Promise<void>): Promise<void> {
  try {
    await work();
    call.end();
  } catch (error) {
    call.emit('error', toStatus(error));
  }
}

/** Waits while the reader is slower. */
async function sent<Q, R>(call: ServerWritableStream<Q, R>, message: R): Promise<void> {
  if (call.cancelled) throw Fault.unavailable('ReaderGone', 'the reader has gone');
  if (call.write(message)) return;
  await new Promise<void>((resolve) => {
    const go = () => {
      call.off('drain', go).off('close', go);
      resolve();
    };
    call.on('drain', go).on('close', go);
  });
}
