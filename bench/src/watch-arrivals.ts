import { topics } from '@quantrac/contracts';
import type { LogRecord } from '@quantrac/event-log';
import type { Pair } from './pair.ts';
import { watchStore } from './watch-store.ts';

/** When records were first seen from outside, ms of `performance.now()`. */
export interface Arrivals {
  /** By station and time of the set. */
  readonly checked: ReadonlyMap<string, number>;
  /** By station. */
  readonly incidents: ReadonlyMap<string, number>;
  /** By station and time of the set: it stands in the national tier's journal, which is what is acknowledged. */
  readonly national: ReadonlyMap<string, number>;
}

const LOOK_MS = 3;

/** Looks every 3 ms how far the files have grown; which record came when is found out afterwards, when it costs nobody anything. */
export function watchArrivals({ province, national }: Pair): { stop(): Promise<Arrivals> } {
  const quality = watchStore(province.data, 'quality-control');
  const alerting = watchStore(province.data, 'alerting');
  const journal = watchStore(national.data, 'national-aggregation');
  const checkedTopic = topics.observationsChecked.name;
  const incidentsTopic = topics.incidents.name;
  const growths = {
    checked: growth(() => quality.topicSize(checkedTopic)),
    incidents: growth(() => alerting.topicSize(incidentsTopic)),
    national: growth(() => journal.journalSize()),
  };
  const timer = setInterval(() => {
    for (const { look } of Object.values(growths)) look();
  }, LOOK_MS);
  return {
    async stop() {
      clearInterval(timer);
      const { checked, incidents } = growths;
      const held = await journal.journalRecords(growths.national.from + 1);
      const arrivals = {
        checked: firsts(quality.topicRecords(checkedTopic, checked.from).map(keyOfChecked), checked.seenAt),
        incidents: firsts(alerting.topicRecords(incidentsTopic, incidents.from).map(stationOf), incidents.seenAt),
        national: firsts(
          held.map(({ leaf, payload }) => (leaf.type === 'ObservationSetChecked' ? setOf(payload) : undefined)),
          growths.national.seenAt,
        ),
      };
      for (const seen of [quality, alerting, journal]) seen.close();
      return arrivals;
    },
  };
}

/** How a count grew from where it stood. */
function growth(size: () => number) {
  const from = size();
  const steps: { readonly size: number; readonly at: number }[] = [];
  return {
    from,
    look() {
      const now = size();
      if (now > (steps.at(-1)?.size ?? from)) steps.push({ size: now, at: performance.now() });
    },
    /** When the count first went beyond `from + index`. */
    seenAt: (index: number) => steps.find((step) => step.size > from + index)?.at ?? Number.POSITIVE_INFINITY,
  };
}

function firsts(keys: readonly (string | undefined)[], seenAt: (index: number) => number): Map<string, number> {
  const found = new Map<string, number>();
  keys.forEach((key, index) => {
    if (key !== undefined && !found.has(key)) found.set(key, seenAt(index));
  });
  return found;
}

const parsed = (value: Uint8Array): { station: string; time: string } => JSON.parse(Buffer.from(value).toString());
const setOf = (value: Uint8Array): string => `${parsed(value).station} ${parsed(value).time}`;
const keyOfChecked = ({ headers, value }: LogRecord): string | undefined =>
  headers.ce_type === 'ObservationSetChecked' ? setOf(value) : undefined;
const stationOf = ({ value }: LogRecord): string => parsed(value).station;
