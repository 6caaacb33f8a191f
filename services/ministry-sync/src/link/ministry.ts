import { readFileSync } from 'node:fs';
import { type ChannelCredentials, type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js';
import type { Digest, Place } from '@quantrac/contracts/digest';
import {
  type CompareRequest,
  type HeldResponse,
  ReplicationServiceClient,
} from '@quantrac/contracts/generated/quantrac/replication/v1/replication';
import { Fault } from '@quantrac/event-sourcing';
import { type Hash, hashFromBytes } from '@quantrac/journal';
import { fromStatus } from '@quantrac/service';
import type { MinistrySyncSettings } from '../config.ts';

/** What the ministry holds of an incarnation of this node's journal. */
export interface HeldThere {
  /** The newest incarnation that it knows; 0: none. */
  readonly newest: number;
  readonly size: number;
  readonly root: Hash;
  /** At the size that was asked for; undefined: it is not so long. */
  readonly rootAt: Hash | undefined;
}

/** The national tier, as a node speaks with it. Errors are Faults; one that does not answer is `unavailable`. */
export interface Ministry {
  readonly address: string;
  readonly replicate: () => ReturnType<ReplicationServiceClient['replicate']>;
  readonly held: (node: string, incarnation: number, size: number) => Promise<HeldThere>;
  readonly digests: (asked: CompareRequest) => Promise<readonly Digest[]>;
  readonly facts: (node: string, place: Place) => Promise<readonly string[]>;
  readonly close: () => void;
}

const options = {
  'grpc.max_receive_message_length': 64 << 20,
  'grpc.max_send_message_length': 64 << 20,
  'grpc-node.flow_control_window': 8 << 20,
  'grpc.initial_reconnect_backoff_ms': 100,
  'grpc.max_reconnect_backoff_ms': 5000,
  // A connection that is gone without a word is found out.
  'grpc.keepalive_time_ms': 60_000,
  'grpc.keepalive_timeout_ms': 20_000,
};
const DEADLINE_MS = 60_000;

/** Connects when it is first needed, and again whenever the connection is lost. */
export function ministryAt(address: string, settings: MinistrySyncSettings): Ministry {
  const client = new ReplicationServiceClient(address, channelTo(address, settings), options);
  const deadline = () => ({ deadline: Date.now() + DEADLINE_MS });
  return {
    address,
    replicate: () => client.replicate(),
    async held(node, incarnation, size) {
      const answer = await new Promise<HeldResponse>((resolve, reject) => {
        const request = { node, incarnation, size: BigInt(size) };
        client.held(request, new Metadata(), deadline(), (error, response) =>
          error ? reject(fromStatus(error)) : resolve(response),
        );
      });
      const { newest, root, rootAt } = answer;
      return {
        newest,
        size: Number(answer.size),
        root: hashFromBytes(root),
        rootAt: rootAt.length === 0 ? undefined : hashFromBytes(rootAt),
      };
    },
    async digests(range) {
      const all: Digest[] = [];
      for await (const { digests } of whileItSpeaks(client.compare(range))) all.push(...digests);
      return all;
    },
    async facts(node, { station, hour, collection }) {
      const all: string[] = [];
      for await (const { facts } of whileItSpeaks(client.facts({ node, station, hour, collection })))
        all.push(...facts);
      return all;
    },
    close: () => client.close(),
  };
}

/** Plain text stays on this machine. */
function channelTo(
  address: string,
  { ministryCa, nodeCertificate, nodeKey }: MinistrySyncSettings,
): ChannelCredentials {
  if (isLocal(address) && ministryCa === undefined) return credentials.createInsecure();
  return credentials.createSsl(pem(ministryCa), pem(nodeKey), pem(nodeCertificate));
}

function pem(file: string | undefined): Buffer | null {
  if (file === undefined) return null;
  try {
    return readFileSync(file);
  } catch (error) {
    throw Fault.invalid('SettingsInvalid', `${file} cannot be read: ${(error as Error).message}`);
  }
}

const isLocal = (address: string): boolean => /^(unix:|localhost:|127\.\d+\.\d+\.\d+:|\[::1\]:)/.test(address);

/** A long answer takes its time; one that says nothing for a while has none. */
async function* whileItSpeaks<Message>(call: ClientReadableStream<Message>): AsyncIterable<Message> {
  let silence = setTimeout(() => call.cancel(), DEADLINE_MS);
  try {
    for await (const message of call) {
      clearTimeout(silence);
      yield message as Message;
      silence = setTimeout(() => call.cancel(), DEADLINE_MS);
    }
  } catch (error) {
    throw fromStatus(error);
  } finally {
    clearTimeout(silence);
  }
}
