import assert from 'node:assert/strict';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { openEmbeddedStores } from '@quantrac/service';
import { temporaryFolder } from '@quantrac/testing';
import { SMTPServer } from 'smtp-server';
import { alertingSettings } from '../config.ts';
import { deliveries, digests, type NotificationRequest, notificationRequests } from '../read-models/notifications.ts';
import { notificationsAsked } from '../read-models/notifications-asked.ts';
import { mailer } from './mailer.ts';
import { smtpSender } from './smtp.ts';

const HOUR = 3_600_000;
const START = Date.parse('2026-01-15T08:00:00.000Z');

interface Mailbox {
  readonly mails: { readonly id: string; readonly subject: string; readonly text: string }[];
  readonly port: number;
  close(): Promise<void>;
}

/** A mail server on loopback; `refuses`: how many mails it takes whole and then refuses, or which text it never takes. */
async function openMailbox(port = 0, refuses: number | string = 0): Promise<Mailbox> {
  const mails: { id: string; subject: string; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, callback) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (typeof refuses === 'string' && text.includes(refuses))
          return callback(Object.assign(new Error('not wanted here'), { responseCode: 550 }));
        if (typeof refuses === 'number' && refuses-- > 0) return callback(new Error('try again later'));
        const header = (name: string) => text.match(new RegExp(`^${name}: (.*)$`, 'mi'))?.[1]?.trim() ?? '';
        mails.push({ id: header('Message-ID'), subject: header('Subject'), text });
        callback();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    mails,
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const request = (name: string, other: Partial<NotificationRequest> = {}): NotificationRequest => ({
  notification: `${name}-opened`,
  incident: name,
  reason: 'opened',
  station: 'st1',
  rule: 'exceedance',
  summary: `1h means of COD beyond the limit (${name})`,
  openedAt: new Date(START).toISOString(),
  live: true,
  requestedAt: START,
  expiresAt: START + 6 * HOUR,
  waiting: other.live === false ? 'digest' : 'alarm',
  ...other,
});

describe('the mailer', () => {
  let stores: Awaited<ReturnType<typeof openEmbeddedStores>>;
  let mailbox: Mailbox;
  let now = START;

  const mailerTo = (port: number) => {
    const given = {
      smtpHost: '127.0.0.1',
      smtpPort: port,
      mailFrom: 'quantrac@example.vn',
      mailTo: ['officer@example.vn'],
    };
    return mailer({
      documents: stores.documents,
      send: smtpSender(alertingSettings.parse(given)),
      clock: () => now,
      node: 'node1',
      digestAfterMs: 15 * 60_000,
      digestReachMs: 168 * HOUR,
    });
  };
  const ask = (...requests: NotificationRequest[]) =>
    stores.documents.putMany(
      notificationRequests,
      requests.map((document) => ({ key: document.notification, document })),
    );
  const ids = () => mailbox.mails.map(({ id }) => id);
  const states = async () =>
    Object.fromEntries(
      (await notificationsAsked(stores.documents, { limit: 100 }, now)).map(({ notification, state }) => [
        notification,
        state,
      ]),
    );

  beforeEach(async () => {
    stores = await openEmbeddedStores(temporaryFolder(), 'alerting');
    mailbox = await openMailbox();
    now = START;
  });
  afterEach(async () => {
    await mailbox.close();
    await stores.close();
  });

  it('sends what is requested, once each, however often and by however many it is looked at', async () => {
    await ask(request('i-1'), request('i-2', { rule: 'outage', station: null }));
    const [one, other] = [mailerTo(mailbox.port), mailerTo(mailbox.port)];
    await Promise.all([one(), other()]);
    await one();
    assert.deepEqual(ids().sort(), ['<i-1-opened@node1.quantrac>', '<i-2-opened@node1.quantrac>']);
    assert.deepEqual(await states(), { 'i-1-opened': 'sent', 'i-2-opened': 'sent' });
  });

  it('gathers what is old into one digest, after waiting for more', async () => {
    await ask(request('i-1', { live: false }), request('i-2', { live: false, requestedAt: START + 1 }));
    const round = mailerTo(mailbox.port);
    await round();
    assert.deepEqual(ids(), []);
    now += 10 * 60_000;
    await ask(request('i-3', { live: false, requestedAt: now }));
    await round();
    now += 5 * 60_000;
    await round();
    await round();
    assert.equal(mailbox.mails.length, 1);
    const [digest] = mailbox.mails;
    assert.match(digest!.id, /^<digest-[0-9a-f]{20}@node1\.quantrac>$/);
    for (const name of ['i-1', 'i-2', 'i-3']) assert.ok(digest!.text.includes(`(${name})`));
    assert.deepEqual(await states(), { 'i-1-opened': 'digest', 'i-2-opened': 'digest', 'i-3-opened': 'digest' });
  });

  it('sends when the server is up again what could not be sent while it was down', async () => {
    const { port } = mailbox;
    await mailbox.close();
    await ask(request('i-1'), request('i-2'));
    const round = mailerTo(port);
    assert.equal(await round(), 0);
    assert.deepEqual(await states(), { 'i-1-opened': 'requested', 'i-2-opened': 'requested' });
    const [failed] = (await notificationsAsked(stores.documents, { limit: 9 }, now)).filter(
      ({ attempts }) => attempts > 0,
    );
    assert.match(failed!.lastError!, /ECONNREFUSED/);
    mailbox = await openMailbox(port);
    assert.equal(await round(), 2);
    assert.deepEqual(ids().sort(), ['<i-1-opened@node1.quantrac>', '<i-2-opened@node1.quantrac>']);
  });

  it('tries again what the server refused, under the same Message-ID', async () => {
    const { port } = mailbox;
    await mailbox.close();
    mailbox = await openMailbox(port, 1);
    await ask(request('i-1'));
    const round = mailerTo(port);
    assert.equal(await round(), 0);
    assert.equal(await round(), 0, 'not at once');
    now += 60_000;
    assert.equal(await round(), 1);
    assert.deepEqual(ids(), ['<i-1-opened@node1.quantrac>']);
  });

  it('sends all others while the server refuses one', async () => {
    const { port } = mailbox;
    await mailbox.close();
    mailbox = await openMailbox(port, '(i-1)');
    await ask(request('i-1'), request('i-2'), request('i-3'));
    assert.equal(await mailerTo(port)(), 2);
    assert.deepEqual(ids(), ['<i-2-opened@node1.quantrac>', '<i-3-opened@node1.quantrac>']);
    const [refused] = (await notificationsAsked(stores.documents, { limit: 9 }, now)).filter(
      ({ lastError }) => lastError !== null,
    );
    assert.match(refused!.lastError!, /550/);
    assert.equal(refused!.notification, 'i-1-opened');
  });

  it('does not look again at what was sent, and sends what is asked for later with an older date', async () => {
    await ask(request('i-1'), request('i-2', { live: false }));
    const round = mailerTo(mailbox.port);
    await round();
    now += 20 * 60_000;
    await round();
    await round();
    const left = async (waiting: string) =>
      (await stores.documents.find(notificationRequests, 'waiting', { equals: [waiting] })).length;
    assert.deepEqual([await left('alarm'), await left('digest'), await left('no')], [0, 0, 2]);
    await ask(request('i-3', { requestedAt: START - HOUR }));
    assert.equal(await round(), 1);
  });

  it('does not send an alarm after six hours; the digest tells of it', async () => {
    await ask(request('i-1'));
    now = START + 6 * HOUR;
    const round = mailerTo(mailbox.port);
    await round();
    assert.deepEqual(await states(), { 'i-1-opened': 'expired' });
    now += 15 * 60_000;
    await round();
    assert.deepEqual(await states(), { 'i-1-opened': 'digest' });
    assert.equal(mailbox.mails.length, 1);
  });

  it('takes up after a while what a mailer that died had claimed, and finishes the digest that it had put together', async () => {
    await ask(request('i-1'), request('i-2', { live: false }));
    const claimed = { state: 'claimed' as const, at: START, attempts: 1 };
    await stores.documents.put(deliveries, { key: 'i-1-opened', document: claimed });
    const composed = { digest: 'digest-x', requests: ['i-2-opened'], state: 'composed' as const, composedAt: START };
    await stores.documents.put(digests, { key: 'digest-x', document: composed });
    const round = mailerTo(mailbox.port);
    await round();
    assert.deepEqual(ids(), ['<digest-x@node1.quantrac>']);
    now += 3 * 60_000;
    await round();
    assert.deepEqual(ids(), ['<digest-x@node1.quantrac>', '<i-1-opened@node1.quantrac>']);
  });
});
