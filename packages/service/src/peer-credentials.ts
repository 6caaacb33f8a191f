import { hash, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  type ChannelCredentials,
  credentials,
  ResponderBuilder,
  ServerCredentials,
  ServerInterceptingCall,
  type ServerInterceptor,
  ServerListenerBuilder,
} from '@grpc/grpc-js';
import { Fault } from '@quantrac/event-sourcing';
import type { PeerSettings } from './peer-settings.ts';
import { variableOf } from './settings.ts';
import { toStatus } from './status.ts';

/** The name of the metadata that carry the node's secret. */
export const SECRET = 'quantrac-peer-secret';

/** Lets in only who sends the node's secret. Others are told so as `unavailable`: what they were about is tried again once it is set right. */
export function demandingSecret(secret: string, onRefused: (from: string) => void): ServerInterceptor {
  const wanted = hash('sha256', secret, 'buffer');
  return (_, call) => {
    const listener = new ServerListenerBuilder()
      .withOnReceiveMetadata((metadata, next) => {
        const [given = ''] = metadata.get(SECRET);
        if (timingSafeEqual(hash('sha256', String(given), 'buffer'), wanted)) return next(metadata);
        onRefused(call.getPeer());
        const { code, message: details, metadata: about } = toStatus(refusal);
        call.sendStatus({ code, details, metadata: about });
      })
      .build();
    return new ServerInterceptingCall(call, new ResponderBuilder().withStart((next) => next(listener)).build());
  };
}

const refusal = Fault.unavailable(
  'PeerRefused',
  `a service refuses this one: give all services of a node the same ${variableOf('peerSecret')}`,
);

/** How a service proves itself to its peers, and who they must be. */
export function serverCredentialsOf(settings: PeerSettings): ServerCredentials {
  const files = filesOf(settings);
  if (!files) return ServerCredentials.createInsecure();
  return ServerCredentials.createSsl(files.ca, [{ cert_chain: files.certificate, private_key: files.key }], true);
}

export function channelCredentialsOf(settings: PeerSettings): ChannelCredentials {
  const files = filesOf(settings);
  return files ? credentials.createSsl(files.ca, files.key, files.certificate) : credentials.createInsecure();
}

function filesOf({ peerCa, peerCertificate, peerKey }: PeerSettings) {
  if (peerCa === undefined || peerCertificate === undefined || peerKey === undefined) return undefined;
  return {
    ca: pem('peerCa', peerCa),
    certificate: pem('peerCertificate', peerCertificate),
    key: pem('peerKey', peerKey),
  };
}

function pem(setting: keyof PeerSettings, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw Fault.invalid(
      'SettingsInvalid',
      `${variableOf(setting)}: ${file} cannot be read (${(error as Error).message})`,
    );
  }
}
