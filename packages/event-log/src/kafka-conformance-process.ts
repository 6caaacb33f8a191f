import { performDeed } from '@quantrac/conformance/perform-deed';
import { deeds } from './conformance-deeds.ts';
import { kafkaLogAt } from './kafka-stores-under-test.ts';

await performDeed(deeds, kafkaLogAt);
