/** A complete file as it came. Bytes are whole: an aborted transfer never gets here. */
export interface Arrival {
  readonly way: 'ftp' | 'http' | 'folder';
  /** The account that sent it; a watched folder knows none. */
  readonly account: string | undefined;
  /** Relative, forward slashes, spelled as it was sent (not normalised to NFC). */
  readonly path: string;
  readonly bytes: Uint8Array;
  /** The sender's address, or the watched folder. */
  readonly from: string;
}

/** What becomes of an arrival. Of what is `refused` nothing is kept. */
export type Answer =
  | { readonly outcome: 'accepted' | 'repeat'; readonly receipt: string }
  | { readonly outcome: 'held'; readonly receipt: string; readonly reason: string; readonly advice: string }
  | { readonly outcome: 'refused'; readonly reason: string; readonly advice: string };

/**
 * Resolves once the file is durable; rejects with a Fault `unavailable` when it is not (disk full): the sender must
 * then be told to try again.
 */
export type Receive = (arrival: Arrival) => Promise<Answer>;

export interface LoginContext {
  readonly way: 'ftp' | 'http';
  /** Whether the connection is encrypted: an account may demand it. */
  readonly secure: boolean;
  readonly from: string;
}

/** Whoever implements it caches verified logins: HTTP asks once per request. */
export interface Credentials {
  check(
    account: string,
    password: string,
    context: LoginContext,
  ): Promise<{ readonly ok: true; readonly account: string } | { readonly ok: false }>;
}

/** Default size above which a file is refused by name, in bytes: a day of one station is about 150 kB. */
export const maxFileBytesByDefault = 10 * 1024 * 1024;
