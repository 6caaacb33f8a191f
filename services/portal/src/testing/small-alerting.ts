import { toEntry, topics } from '@quantrac/contracts';
import { alertingCommands } from '@quantrac/contracts/commands/alerting';
import { alertingQueries } from '@quantrac/contracts/queries/alerting';
import { command, type Hosted, host, query, type ServiceDefinition, type Stores } from '@quantrac/service';
import { pino } from 'pino';

/** Incidents by id, and the station that each is about. */
const incidents: Readonly<Record<string, string | null>> = { i1: 's1', i2: 's2', many: null };

const rowOf = (incident: string) => ({ incident, station: incidents[incident], comments: 0 });

/** An owner under alerting's name: three incidents, and one query that meets a bug. */
function smallAlerting(stores: Stores): ServiceDefinition {
  return {
    name: 'alerting',
    topics: [topics.incidents],
    processors: [],
    relays: [],
    commands: {
      CommentIncident: command(alertingCommands.CommentIncident, async ({ incident }, { actor, commandId }) => ({
        incident,
        actor,
        commandId,
      })),
    },
    queries: {
      incidents: query(alertingQueries.incidents.args, async () => Object.keys(incidents).map(rowOf)),
      incident: query(alertingQueries.incident.args, async ({ incident }) =>
        Object.hasOwn(incidents, incident) ? [rowOf(incident)] : [],
      ),
      notifications: query(alertingQueries.notifications.args, async () => {
        throw new Error('the password is hunter2');
      }),
    },
    run: [
      async () => {
        const entries = Object.keys(incidents).map((incident, at) => {
          const envelope = {
            key: incident,
            type: 'IncidentRecorded',
            sequence: `0001.${at}`,
            knownAt: 0,
            source: 'urn:n',
          };
          return toEntry(topics.incidents.name, envelope, Buffer.from(JSON.stringify(rowOf(incident))));
        });
        await stores.log.publish(topics.incidents, entries);
        return { stop: async () => undefined };
      },
    ],
  };
}

export const hostSmallAlerting = (data: string): Promise<Hosted> =>
  host({
    name: 'alerting',
    make: smallAlerting,
    settings: { data, logLevel: 'silent' },
    logger: pino({ level: 'silent' }),
  });
