import { conformance } from './event-log.conformance.ts';
import { onKafka } from './kafka-stores-under-test.ts';

conformance('Kafka', onKafka(new URL('./kafka-conformance-process.js', import.meta.url)));
