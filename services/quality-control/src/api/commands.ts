import { qualityControlCommands as schemas } from '@quantrac/contracts/commands/quality-control';
import { commandHandler, Fault } from '@quantrac/event-sourcing';
import { toInstant } from '@quantrac/regulations';
import { type CommandHandler, command, type Stores } from '@quantrac/service';
import { type ReviewEvent, reviews } from '../domain/review.ts';
import { shownUpToOf } from '../read-models/readings.ts';
import { rulesOfStation } from '../read-models/rules-of-station.ts';
import { reviewStream } from '../read-models/streams.ts';
import { appendOptions, reviewIdOf } from './append-options.ts';

type Handlers = Readonly<Record<string, CommandHandler>>;

export const qualityControlCommands = ({ events, series }: Pick<Stores, 'events' | 'series'>): Handlers => {
  const handle = commandHandler(reviews, events.streams<ReviewEvent>());
  return {
    ReviewReadings: command(schemas.ReviewReadings, async ({ review: given, ...asked }, context) => {
      const { station, channels } = asked;
      await refuseUnknown(series, station, channels);
      const review = given ?? reviewIdOf(context.commandId);
      const shownUpTo = await shownUpToOf(series, station);
      const judging = { ...asked, review, shownUpTo, by: context.actor.account, at: toInstant(context.at) };
      await handle(reviewStream(station), { type: 'ReviewReadings', ...judging }, appendOptions(context));
      return { station, review };
    }),
    RevokeReview: command(schemas.RevokeReview, async ({ station, review, reason }, context) => {
      const revoking = { review, reason, by: context.actor.account, at: toInstant(context.at) };
      await handle(reviewStream(station), { type: 'RevokeReview', ...revoking }, appendOptions(context));
      return { station, review };
    }),
  };
};

async function refuseUnknown(series: Stores['series'], station: string, channels: readonly string[]): Promise<void> {
  const record = await rulesOfStation(series, station);
  if (!record) throw Fault.notFound('StationUnknown', `no station ${station} is known here: register it first`);
  for (const channel of channels)
    if (!record.channels.some((known) => known.channel === channel))
      throw Fault.notFound('ChannelUnknown', `station ${station} has no channel ${channel}: name one that it has`);
}
