import type { Running } from '@quantrac/service';
import { type MailerOptions, mailer } from './mailer.ts';

const LOOK_MS = 5000;

/** Looks at what waits every few seconds, one round at a time. */
export function runMailer(options: MailerOptions, lookMs = LOOK_MS): Running {
  const round = mailer(options);
  let working = Promise.resolve();
  let busy = false;
  const look = () => {
    if (busy) return;
    busy = true;
    working = round()
      .then(() => {})
      .catch((error) => options.onFailure?.(error))
      .finally(() => {
        busy = false;
      });
  };
  const timer = setInterval(look, lookMs);
  look();
  return {
    async stop() {
      clearInterval(timer);
      await working;
    },
  };
}
