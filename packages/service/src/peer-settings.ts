import { z } from 'zod';

const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const address = /^(\[[0-9a-fA-F:]+\]|[^:/\s]+):(\d{1,5})$/;
const hostPort = z.string().regex(address, 'write host:port');

/** How the services of a node meet over TCP; without these by sockets in the data folder. */
const fields = z.object({
  /** `host:port` where this service answers its peers, beside its socket. */
  listen: hostPort.optional(),
  /** By service the `host:port` where it answers; a name may stand for several instances. Who is not named is found by his socket. */
  peers: z.record(z.string(), hostPort).optional(),
  /** The same for all services of a node, and no other's: whoever has it may give every command. */
  peerSecret: z
    .string()
    .regex(/^[!-~]{16,}$/, 'use at least 16 letters, digits and signs')
    .optional(),
  /** PEM files: who vouches for the node's services, and who this one is. With them both sides prove who they are. */
  peerCa: z.string().min(1).optional(),
  peerCertificate: z.string().min(1).optional(),
  peerKey: z.string().min(1).optional(),
});
export type PeerSettings = z.infer<typeof fields>;

/** Told beside what is wrong with each of them. */
const always = { when: () => true };

const tlsOf = ({ peerCa, peerCertificate, peerKey }: PeerSettings) => [peerCa, peerCertificate, peerKey];

/** Whether what this service says or hears leaves the machine. */
const leavesMachine = ({ listen, peers }: PeerSettings): boolean =>
  [listen, ...Object.values(peers ?? {})].some((one) => {
    const [, host] = address.exec(one ?? '') ?? [];
    return host !== undefined && !loopback.test(host);
  });

export const peerSettings = fields
  .refine(({ listen, peers, peerSecret }) => (!listen && !peers) || peerSecret !== undefined, {
    ...always,
    path: ['peerSecret'],
    message: 'QUANTRAC_LISTEN and QUANTRAC_PEERS need a secret that all services of the node share',
  })
  .refine((settings) => new Set(tlsOf(settings).map((file) => file === undefined)).size === 1, {
    ...always,
    path: ['peerCertificate'],
    message: 'QUANTRAC_PEER_CA, QUANTRAC_PEER_CERTIFICATE and QUANTRAC_PEER_KEY go together: set all or none',
  })
  .refine((settings) => !leavesMachine(settings) || tlsOf(settings).some((file) => file !== undefined), {
    ...always,
    path: ['peerCa'],
    message:
      'beyond this machine services speak over TLS only: set QUANTRAC_PEER_CA, QUANTRAC_PEER_CERTIFICATE and QUANTRAC_PEER_KEY',
  });
