import { join } from 'node:path';
import { topics } from '@quantrac/contracts';
import type { Running, ServiceDefinition, Stores, Surroundings } from '@quantrac/service';
import type { Step } from '@quantrac/stream-processing';
import { intakeCommands } from './api/commands.ts';
import { intakeQueries } from './api/queries.ts';
import type { IngestionSettings } from './config.ts';
import { intake } from './domain/intake.ts';
import type { IntakeState } from './domain/intake-state.ts';
import { type Advancer, advancer } from './intake/advancer.ts';
import { drivenClock, type IntakeClock, systemClock } from './intake/clock.ts';
import { finishBegun } from './intake/finish-begun.ts';
import { type Listeners, ofInstance, openListeners } from './intake/listeners.ts';
import { directoryProcessor, followStations, type LiveDirectory } from './intake/live-directory.ts';
import { receiptNumbers } from './intake/receipt-numbers.ts';
import { type ReleaseOptions, release } from './intake/release.ts';
import { isHeld, isUnchanged, openReleases, type Releases } from './intake/releases.ts';
import { openReserve, type Reserve } from './intake/reserve.ts';
import { type TakeIn, takeIn } from './intake/take-in.ts';
import { ticking } from './intake/ticking.ts';
import { tracedReceive } from './intake/traced-receive.ts';

/** Receives files, gives every line its place, and tells how far each station has been received. */
export function ingestionService(
  stores: Stores,
  settings: IngestionSettings,
  surroundings: Surroundings,
): ServiceDefinition {
  const { node, data, log } = surroundings;
  const { documents, blobs } = stores;
  const { graceMs, aheadMs, missingCodes } = settings;
  const numbers = receiptNumbers(documents, () => stores.log.epoch);
  let clock: IntakeClock;
  let reserve: Reserve;
  let taking: TakeIn;
  let step: Step<IntakeState>;
  let live: LiveDirectory;
  let releases: Releases;
  let advancing: Advancer;
  let listeners: Listeners;
  const directory = () => live.current();
  const options: ReleaseOptions = {
    node,
    instance: settings.instance ?? 'only',
    directory,
    blobs,
    number: () => reserve.whileFull(() => numbers.take()),
    isHeld: (same) => isHeld(documents, same),
    isUnchanged: (document) => isUnchanged(documents, document),
    take: (entry) => taking.take(entry),
    clock: () => clock.now(),
    aheadMs,
    missingCodes,
    progressed: (station, state) => advancing.progressed(station, state),
    heldMeanwhile: (held) => releases.again(held),
  };

  const runIntake = async (): Promise<Running> => {
    clock = await (settings.clock === 'driven' ? drivenClock : systemClock)(documents, surroundings.clock);
    reserve = await openReserve(join(data, ofInstance('reserve', settings)), settings.reserveBytes, log);
    step = surroundings.step(intake);
    await step.finishAll();
    taking = takeIn(step, reserve.whileFull);
    advancing = advancer({
      stations: () => directory().all(),
      take: options.take,
      graceMs,
      openSince: () => clock.openSince(),
    });
    live = await followStations(documents, (changed) => releases?.changed(changed));
    await finishBegun(documents, options, log);
    releases = openReleases(documents, (document) => release(document, options), log);
    releases.everything();
    return {
      async stop() {
        await live.stop();
        await releases.stop();
        await taking.settled();
        await reserve.close();
      },
    };
  };
  const receiving = tracedReceive(options, surroundings.trace);
  const runListeners = async (): Promise<Running> => {
    listeners = await openListeners(settings, surroundings, receiving, reserve.whileFull);
    return listeners;
  };
  const tick = async () => {
    await clock.ready();
    await taking.settled();
    await advancing.tick(clock.now());
  };
  const started = Promise.withResolvers<void>();
  const runTicks = async (): Promise<Running> => {
    started.resolve();
    const { caughtUp } = listeners;
    const seen = () => clock.seen();
    const restore = () => reserve.restore();
    const finishResting = () => step.finishResting();
    return ticking({ ...(settings.clock === 'system' && { tick }), caughtUp, seen, restore, finishResting }, log);
  };

  return {
    name: 'ingestion',
    topics: [topics.observationsReceived, topics.intakeHeld],
    processors: [directoryProcessor],
    relays: [],
    commands: intakeCommands({
      started: started.promise,
      documents,
      directory,
      release: (document, reading) => release(document, options, reading),
      take: options.take,
      async advance(to) {
        await clock.advance(to);
        // what waited is published before the clock is told
        await listeners.caughtUp;
        await tick();
      },
    }),
    queries: intakeQueries({
      started: started.promise,
      stores,
      directory,
      now: options.clock,
      graceMs,
      addresses: () => listeners.addresses,
      refusals: () => listeners.refusals(),
    }),
    run: [runIntake, runListeners, runTicks],
  };
}
