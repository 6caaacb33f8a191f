import { describe } from 'node:test';
import { brokerFaults } from './broker-faults.ts';
import { databaseFaults } from './database-faults.ts';
import { laterServices } from './later-services.ts';
import { processFaults } from './process-faults.ts';

// they wait for most of their time, each for servers of its own
describe('on Kafka and MongoDB', { concurrency: 2 }, () => {
  brokerFaults();
  databaseFaults();
  processFaults();
  laterServices();
});
