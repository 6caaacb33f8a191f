import { test } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import { type EnrolmentEvent, enrolment } from './enrolment.ts';

const given = specification(enrolment);
const at = '2026-01-15T01:30:00.000Z';
const enrolled: EnrolmentEvent = { type: 'NodeEnrolled', data: { at } };

test('a node is enrolled once', () => {
  given().when({ type: 'EnrollNode', at }).then(enrolled);
  given(enrolled).when({ type: 'EnrollNode', at: '2026-02-01T00:00:00.000Z' }).thenNothing();
});
