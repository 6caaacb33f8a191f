import { kafkaBrokers } from '@quantrac/event-log/kafka-stores-under-test';
import { mongoUrl } from '@quantrac/mongo/mongo-stores-under-test';
import { ownNames } from '@quantrac/service';

/** Settings that put a node on the servers under test, under names that belong to its data folder. */
export const onServers = (data: string) => ({
  kafkaBrokers: kafkaBrokers(),
  mongoUrl: mongoUrl(),
  ...ownNames(data),
});
