import { describe, test } from 'node:test';
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
      .when({ type: 'NoteUsedNumbers', upTo: 7 })
      .then(used);
    given(used).when({ type: 'NoteUsedNumbers', upTo: 7 }).thenNothing();
    given(used)
      .when(issue('s1', 'station-approved'))
      .then(issued(8, 's1', 'station-approved'));
  });
});
