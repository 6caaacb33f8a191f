import type { DocumentStore } from '@quantrac/document-store';
import { isFault } from '@quantrac/event-sourcing';
import {
  type Delivery,
  type Digest,
  deliveries,
  digests,
  type NotificationRequest,
  notificationRequests,
  standingOf,
} from '../read-models/notifications.ts';
import { alarmMail, digestIdOf, digestMail, type Mail } from './mail-text.ts';

export interface MailerOptions {
  readonly documents: DocumentStore;
  /** Resolves when a mail server has taken it; the Fault `rejected` tells that it refuses this mail. */
  readonly send: (mail: Mail) => Promise<void>;
  /** ms */
  readonly clock: () => number;
  readonly node: string;
  /** How long a digest waits for more. */
  readonly digestAfterMs: number;
  /** Nothing older is told at all. */
  readonly digestReachMs: number;
  readonly onFailure?: (error: unknown) => void;
}

/** A mailer that has not finished within this is taken for dead. */
const CLAIM_MS = 120_000;

/** A refused mail is tried again after this. */
const RETRY_REFUSED_MS = 60_000;

/** Requests of a kind looked at in one round, the oldest of the reach first. */
const MOST = 5000;

interface Waiting {
  readonly request: NotificationRequest;
  readonly delivery: Delivery | undefined;
  readonly revision: number;
}

/**
 * Sends what is requested, once each: a request is claimed, sent, and marked once the server has taken it. Who dies between the last two
 * leaves a claim that another takes up after a while: that mail may come twice, with the same Message-ID, by which a mailbox knows it.
 */
export function mailer(options: MailerOptions) {
  let oldSince: number | undefined;

  /** One look at what waits; how many mails were taken. Stops where no server can be reached, until the next look. */
  return async function round(): Promise<number> {
    const now = options.clock();
    let sent = await finishDigests(options);
    const waiting = [
      ...(await requestsWaiting('alarm', options, now)),
      ...(await requestsWaiting('digest', options, now)),
    ];
    const isLive = ({ request }: Waiting) => standingOf(request, undefined, now) === 'requested' && request.live;
    for (const one of waiting.filter(isLive)) {
      if ((one.delivery?.retryAt ?? 0) > now) continue;
      const outcome = await sendAlarm(one, options);
      if (outcome === 'failed') return sent;
      if (outcome === 'sent') sent++;
    }
    const old = waiting.filter((one) => !isLive(one));
    oldSince = old.length === 0 ? undefined : (oldSince ?? now);
    if (oldSince === undefined || now - oldSince < options.digestAfterMs) return sent;
    await composeDigest(old, options);
    oldSince = undefined;
    return sent + (await finishDigests(options));
  };
}

/** Neither sent nor in another's hands, the oldest first. What was finished meanwhile waits no more. */
async function requestsWaiting(
  waiting: NotificationRequest['waiting'],
  { documents, digestReachMs }: MailerOptions,
  now: number,
): Promise<Waiting[]> {
  const asked = { equals: [waiting], from: now - digestReachMs, limit: MOST };
  const found = await documents.find(notificationRequests, 'waiting', asked);
  const keys = found.map(({ key }) => key);
  const known = new Map((await documents.getMany(deliveries, keys)).map((one) => [one.key, one]));
  const isDone = (key: string) => ['sent', 'digest'].includes(known.get(key)?.document.state ?? '');
  const done = found.filter(({ key }) => isDone(key));
  await documents.putMany(
    notificationRequests,
    done.map(({ key, document, revision }) => ({
      key,
      document: { ...document, waiting: 'no' as const },
      expected: revision,
    })),
  );
  return found
    .map(({ key, document: request }) => {
      const stored = known.get(key);
      return { request, delivery: stored?.document, revision: stored?.revision ?? 0 };
    })
    .filter(({ delivery }) => isFree(delivery, now));
}

const isFree = (delivery: Delivery | undefined, now: number): boolean =>
  delivery === undefined ||
  delivery.state === 'failed' ||
  (delivery.state === 'claimed' && !isClaimed(delivery.at, now));

/** In either direction: a clock that was set back must not hold a claim for ever. */
const isClaimed = (at: number, now: number): boolean => Math.abs(now - at) <= CLAIM_MS;

async function sendAlarm(
  waiting: Waiting,
  options: MailerOptions,
): Promise<'sent' | 'refused' | 'failed' | 'elsewhere'> {
  const { documents, clock, send, node } = options;
  const { request, delivery, revision } = waiting;
  const key = request.notification;
  const attempts = (delivery?.attempts ?? 0) + 1;
  const mark = (document: Delivery, expected: number) =>
    documents.putMany(deliveries, [{ key, document, expected }]).then(([done]) => done);
  const claimed = await mark({ state: 'claimed', at: clock(), attempts }, revision);
  if (claimed === undefined) return 'elsewhere';
  try {
    await send(alarmMail(request, node));
  } catch (error) {
    options.onFailure?.(error);
    const refused = isFault(error) && error.kind === 'rejected';
    const retry = refused && { retryAt: clock() + RETRY_REFUSED_MS };
    await mark({ state: 'failed', at: clock(), attempts, lastError: messageOf(error), ...retry }, claimed);
    return refused ? 'refused' : 'failed';
  }
  await mark({ state: 'sent', at: clock(), attempts }, claimed);
  return 'sent';
}

/** Stores what the digest tells of before it is sent: its name and its text are the same at every attempt. */
async function composeDigest(old: readonly Waiting[], { documents, clock }: MailerOptions): Promise<void> {
  const requests = old.map(({ request }) => request.notification);
  const digest = digestIdOf(requests);
  const document = { digest, requests, state: 'composed' as const, composedAt: clock() };
  await documents.putMany(digests, [{ key: digest, document, expected: 0 }]);
}

async function finishDigests(options: MailerOptions): Promise<number> {
  const { documents, clock } = options;
  let sent = 0;
  for (const { key, document: digest, revision } of await documents.find(digests, 'state', { equals: ['composed'] })) {
    if (digest.claimedAt !== undefined && isClaimed(digest.claimedAt, clock())) continue;
    const claim = { key, document: { ...digest, claimedAt: clock() }, expected: revision };
    const [claimed] = await documents.putMany(digests, [claim]);
    if (claimed !== undefined && (await sendDigest(digest, claimed, options))) sent++;
  }
  return sent;
}

async function sendDigest(digest: Digest, revision: number, options: MailerOptions): Promise<boolean> {
  const { documents, send, clock, node, onFailure } = options;
  const { digest: key } = digest;
  const told: Delivery = { state: 'digest', at: clock(), attempts: 0, digest: key };
  await documents.putMany(
    deliveries,
    digest.requests.map((request) => ({ key: request, document: told })),
  );
  const requests = (await documents.getMany(notificationRequests, digest.requests)).map(({ document }) => document);
  requests.sort((a, b) => a.requestedAt - b.requestedAt || (a.notification < b.notification ? -1 : 1));
  try {
    await send(digestMail(key, requests, node));
  } catch (error) {
    onFailure?.(error);
    await documents.putMany(digests, [{ key, document: digest, expected: revision }]);
    return false;
  }
  const { claimedAt: _, ...unclaimed } = digest;
  const document: Digest = { ...unclaimed, state: 'sent', sentAt: clock() };
  await documents.putMany(digests, [{ key, document, expected: revision }]);
  return true;
}

const messageOf = (error: unknown): string => String((error as Error)?.message ?? error).slice(0, 500);
