import { Fault } from './fault.ts';

/** Whose certificates they are, and the settings that name them. */
export interface CertificateSettings {
  /** Of the Fault. */
  readonly code: string;
  /** In words, with its address. */
  readonly server: string;
  readonly address: string;
  readonly authority: string;
  readonly own: string;
}

const untrusted =
  /^(UNABLE_TO_|SELF_SIGNED_CERT|DEPTH_ZERO_SELF_SIGNED|CERT_SIGNATURE_FAILURE|CERT_UNTRUSTED|INVALID_CA)/;

/** What Node or the other side says of a TLS connection, as the Fault `invalid`; undefined: it is no matter of certificates. */
export function certificateFault(
  { message, code = '' }: { readonly message: string; readonly code?: string | number | undefined },
  settings: CertificateSettings,
): Fault | undefined {
  const { server, address, authority, own } = settings;
  const wrong = (sentence: string) => Fault.invalid(settings.code, sentence);
  if (untrusted.test(`${code}`))
    return wrong(`the certificate of ${server} is not signed by ${authority}: set it to the authority that signs it`);
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return wrong(`the certificate of ${server} is for another host: use one of its names in ${address}`);
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return wrong(`the certificate of ${server} is not valid now: renew it, or see the clock`);
  const [alert] = /alert [a-z ]*/i.exec(message) ?? [];
  if (!`${code}`.startsWith('ERR_SSL') || !alert) return undefined;
  return wrong(
    /certificate|unknown ca/i.test(alert)
      ? `${server} refuses the client's certificate, or that it has none: see ${own}`
      : `${server} refuses TLS as it is spoken (${alert.trim()}): see its protocols and ciphers`,
  );
}
