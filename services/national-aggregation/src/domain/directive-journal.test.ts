import { describe, test } from 'node:test';
import type { DirectiveIssued } from '@quantrac/contracts';
import { directiveHash, directivesHash } from '@quantrac/contracts/replication';
import { specification } from '@quantrac/event-sourcing/given';
import { type DirectiveCommand, type DirectiveEvent, directiveJournal } from './directive-journal.ts';

const given = specification(directiveJournal);
const said = { node: 'n1', reason: 'documents complete', by: 'minister', knownAt: '2026-01-15T01:30:00.000Z' };
const issue = (station: string, kind: 'station-approved' | 'station-rejected'): DirectiveCommand => ({
  type: 'IssueDirective',
  station,
  kind,
  ...said,
});
const issued = (number: number, station: string, kind: 'station-approved' | 'station-rejected'): DirectiveEvent => ({
  type: 'DirectiveIssued',
  data: { directive: `n1/${number}`, number, station, kind, ...said },
});
const answered = (upTo: number, ...refused: { number: number; code: string; message: string }[]): DirectiveEvent => ({
  type: 'DirectivesAnswered',
  data: { upTo, refused },
});
/** As a node computes it over the texts that it was sent. */
const hashFrom = (before: string, ...sent: readonly DirectiveEvent[]): string =>
  sent.reduce((hash, { data }) => {
    const { number } = data as DirectiveIssued;
    return directivesHash(hash, number, directiveHash(JSON.stringify(data)));
  }, before);
const hashOver = (...sent: readonly DirectiveEvent[]): string => hashFrom('', ...sent);
const unknown = { number: 1, code: 'StationUnknown', message: 'no station s1' };

describe("a node's directives", () => {
  test('are numbered without holes', () => {
    given()
      .when(issue('s1', 'station-approved'))
      .then(issued(1, 's1', 'station-approved'));
    given(issued(1, 's1', 'station-approved'))
      .when(issue('s2', 'station-rejected'))
      .then(issued(2, 's2', 'station-rejected'));
  });

  test('are issued again only when the decision changes or the node refused it', () => {
    const first = issued(1, 's1', 'station-approved');
    given(first).when(issue('s1', 'station-approved')).thenNothing();
    given(first)
      .when(issue('s1', 'station-rejected'))
      .then(issued(2, 's1', 'station-rejected'));
    given(first, issued(2, 's1', 'station-rejected'))
      .when(issue('s1', 'station-approved'))
      .then(issued(3, 's1', 'station-approved'));
    given(first, answered(1, unknown))
      .when(issue('s1', 'station-approved'))
      .then(issued(2, 's1', 'station-approved'));
  });

  test('are answered once, and only those that there are', () => {
    const both = [issued(1, 's1', 'station-approved'), issued(2, 's2', 'station-approved')];
    given(...both)
      .when({ type: 'TakeAnswer', upTo: 2, refused: [unknown] })
      .then(answered(2, unknown));
    given(...both, answered(2, unknown))
      .when({ type: 'TakeAnswer', upTo: 2, refused: [unknown] })
      .thenNothing();
    given(...both, answered(2))
      .when({ type: 'TakeAnswer', upTo: 1, refused: [] })
      .thenNothing();
    given(...both)
      .when({ type: 'TakeAnswer', upTo: 3, refused: [] })
      .thenRejected('DirectiveUnknown');
  });

  test('never use a number again that the node has, although they were lost here', () => {
    const used: DirectiveEvent = { type: 'NumbersUsed', data: { upTo: 7 } };
    given(issued(1, 's1', 'station-approved'))
      .when({ type: 'NoteUsedNumbers', upTo: 7, hash: '' })
      .then(used);
    given(used).when({ type: 'NoteUsedNumbers', upTo: 7, hash: '' }).thenNothing();
    given(used)
      .when(issue('s1', 'station-approved'))
      .then(issued(8, 's1', 'station-approved'));
  });

  test('are issued again under new numbers where the node holds something else under theirs', () => {
    const [one, two, three] = [1, 2, 3].map((number) => issued(number, `s${number}`, 'station-approved'));
    const past = [one!, answered(1), two!, three!];
    given(...past)
      .when({ type: 'NoteUsedNumbers', upTo: 2, hash: hashOver(one!, two!) })
      .thenNothing();
    given(...past)
      .when({ type: 'NoteUsedNumbers', upTo: 0, hash: '' })
      .thenNothing();
    const other = hashOver(one!, issued(2, 's9', 'station-rejected'));
    const met: DirectiveEvent = { type: 'NumbersUsed', data: { upTo: 3, received: 2, hash: other } };
    const again = [issued(4, 's2', 'station-approved'), issued(5, 's3', 'station-approved')];
    given(...past)
      .when({ type: 'NoteUsedNumbers', upTo: 2, hash: other })
      .then(met, ...again);
    given(...past, met, ...again)
      .when({ type: 'NoteUsedNumbers', upTo: 2, hash: other })
      .thenNothing();
    given(...past, met, ...again)
      .when({ type: 'NoteUsedNumbers', upTo: 5, hash: hashFrom(other, ...again) })
      .thenNothing();
  });
});
