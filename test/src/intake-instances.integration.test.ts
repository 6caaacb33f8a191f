import { describe } from 'node:test';
import { twoIntakesActAsOne } from './two-intakes.ts';

describe('two instances of ingestion on one folder', () => twoIntakesActAsOne());
