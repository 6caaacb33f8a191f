import { Fault } from '@quantrac/event-sourcing';
import { createTransport } from 'nodemailer';
import type { AlertingSettings } from '../config.ts';
import type { Mail } from './mail-text.ts';

const TIMEOUT_MS = 20_000;

type Refusal = Error & { readonly code?: string; readonly responseCode?: number };

/** What nodemailer calls an answer that concerns one mail; 421 says that the server itself is going away. */
const isRefusal = ({ code, responseCode }: Refusal): boolean =>
  (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode !== undefined && responseCode !== 421;

/**
 * Sends over SMTP, a connection a mail: alarms are rare, and servers close idle ones. Throws the Fault `rejected` for a mail that the
 * server refuses, and the connection's own error where there is no server to ask.
 */
export function smtpSender(settings: AlertingSettings): (mail: Mail) => Promise<void> {
  const { smtpHost, smtpPort, smtpSecure, smtpUser, smtpPassword, mailFrom, mailTo } = settings;
  const transport = createTransport({
    host: smtpHost,
    port: smtpPort,
    secure: smtpSecure,
    ...(smtpUser !== undefined && { auth: { user: smtpUser, pass: smtpPassword ?? '' } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return async ({ messageId, subject, text }) => {
    try {
      await transport.sendMail({ from: mailFrom, to: [...mailTo], messageId, subject, text });
    } catch (error) {
      if (isRefusal(error as Refusal)) throw Fault.rejected('MailRefused', (error as Error).message);
      throw error;
    }
  };
}
