import { describe } from 'node:test';
import { onServers } from '@quantrac/testing';
import { twoIntakesActAsOne } from './two-intakes.ts';

describe('two instances of ingestion on Kafka and MongoDB', () => twoIntakesActAsOne(onServers));
