import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { DirectiveIssued } from '@quantrac/contracts';
import { directiveHash, directivesHash } from '@quantrac/contracts/replication';
import { fold } from '@quantrac/event-sourcing';
import { specification } from '@quantrac/event-sourcing/given';
import { type DirectiveInboxCommand, type DirectiveInboxEvent, directiveInbox } from './directive-inbox.ts';

const given = specification(directiveInbox);
const at = '2026-01-15T01:30:00.000Z';
const directive = (number: number, reason = ''): DirectiveIssued => ({
  directive: `n1/${number}`,
  node: 'n1',
  number,
  kind: 'station-approved',
  station: 's1',
  reason,
  by: 'minister',
  knownAt: at,
});
const received = (number: number): DirectiveInboxEvent => ({
  type: 'DirectiveReceived',
  data: { ...directive(number), textHash: directiveHash(JSON.stringify(directive(number))) },
});
const carriedOut = (number: number): DirectiveInboxEvent => ({ type: 'DirectiveCarriedOut', data: { number, at } });
const receive = (number: number, reason?: string): DirectiveInboxCommand => {
  const said = directive(number, reason);
  return { type: 'ReceiveDirective', directive: said, textHash: directiveHash(JSON.stringify(said)) };
};
const unread = { number: 2, text: '{"kind":"unheard-of"}', textHash: 'ab', message: 'kind: Invalid input', at };
const refusal = { number: 1, code: 'StationUnknown', message: 'no station s1', at };

describe('what the ministry sends down', () => {
  test('is received once, however often it comes', () => {
    given().when(receive(1)).then(received(1));
    given(received(1), received(2)).when(receive(1)).thenNothing();
    given(received(1)).when(receive(2)).then(received(2));
  });

  test('may lack numbers that the ministry lost, and never changes what a number said', () => {
    given(received(1)).when(receive(4)).then(received(4));
    given(received(1)).when(receive(1, 'another reason')).thenRejected('DirectiveChanged');
    given(received(4)).when(receive(2)).thenRejected('DirectiveChanged');
  });

  test('is kept as it came where it cannot be read, and refused in its turn', () => {
    const kept: DirectiveInboxEvent = { type: 'DirectiveUnread', data: unread };
    given(received(1))
      .when({ type: 'ReceiveUnread', ...unread })
      .then(kept);
    given(received(1), kept)
      .when({ type: 'ReceiveUnread', ...unread })
      .thenNothing();
    const refused = { ...refusal, number: 2, code: 'DirectiveUnreadable' };
    given(received(1), kept)
      .when({ type: 'RefuseDirective', ...refused })
      .thenNothing();
    given(received(1), kept, carriedOut(1))
      .when({ type: 'RefuseDirective', ...refused })
      .then({ type: 'DirectiveRefused', data: refused });
  });

  test('is told back to the ministry as a hash over all of it', () => {
    const past: DirectiveInboxEvent[] = [received(1), { type: 'DirectiveUnread', data: unread }];
    const { last, hash } = fold(directiveInbox, past);
    const first = directivesHash('', 1, directiveHash(JSON.stringify(directive(1))));
    assert.deepEqual([last, hash], [2, directivesHash(first, 2, unread.textHash)]);
  });

  test('is answered in its order, once', () => {
    const both = [received(1), received(4)];
    given(...both)
      .when({ type: 'NoteCarriedOut', number: 1, at })
      .then(carriedOut(1));
    given(...both)
      .when({ type: 'NoteCarriedOut', number: 4, at })
      .thenNothing();
    given(...both, carriedOut(1))
      .when({ type: 'NoteCarriedOut', number: 1, at })
      .thenNothing();
    given(...both, carriedOut(1))
      .when({ type: 'NoteCarriedOut', number: 4, at })
      .then(carriedOut(4));
    given(...both)
      .when({ type: 'RefuseDirective', ...refusal })
      .then({ type: 'DirectiveRefused', data: refusal });
    given(...both, carriedOut(1))
      .when({ type: 'RefuseDirective', ...refusal })
      .thenNothing();
  });
});
