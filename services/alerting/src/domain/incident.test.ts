import { describe, it } from 'node:test';
import { specification } from '@quantrac/event-sourcing/given';
import { type IncidentEvent, incident, type Standing } from './incident.ts';

const given = specification(incident);
const at = '2026-01-15T08:00:00.000Z';
const episode = 'st1/cod/exceedance/1h/1';
const versions = { open: 1, closed: 2, withdrawn: 3 };
const told = (standing: Standing, other: object = {}) => ({
  episode,
  station: 'st1',
  rule: 'exceedance' as const,
  standing,
  summary: 'beyond the limit',
  backfilled: false,
  version: versions[standing],
  ...other,
});
const tell = (standing: Standing, other?: object) => ({ type: 'TellEpisode' as const, ...told(standing, other), at });
const by = 'officer';

const opened: IncidentEvent = { type: 'IncidentOpened', data: { ...told('open'), at } };
const changed = (standing: Standing, other: object = {}): IncidentEvent => ({
  type: 'EpisodeChanged',
  data: { episode, standing, version: versions[standing], ...other, at },
});
const acknowledged: IncidentEvent = { type: 'IncidentAcknowledged', data: { by, at } };
const unfounded: IncidentEvent = {
  type: 'IncidentResolved',
  data: { resolution: 'unfounded: the data have changed', by: 'alerting', at },
};
const resolved: IncidentEvent = { type: 'IncidentResolved', data: { resolution: 'the pump was repaired', by, at } };
const reopened = (because: string): IncidentEvent => ({ type: 'IncidentReopened', data: { because, at } });

describe('an episode that belongs to another incident by now', () => {
  const known = { episode: 'st2/*/outage/1', station: 'st2', rule: 'outage' as const };
  const other: IncidentEvent = { type: 'EpisodeAttached', data: { ...told('open', known), at } };
  const released: IncidentEvent = { type: 'EpisodeReleased', data: { episode, into: 'i-2', at } };
  const joined: IncidentEvent = {
    type: 'IncidentResolved',
    data: { resolution: 'joined into i-2', by: 'alerting', at },
  };
  const release = { type: 'ReleaseEpisode' as const, episode, into: 'i-2', at };

  it('is none of this one, once', () => {
    given(opened, other).when(release).then(released);
    given(opened, other, released).when(release).thenNothing();
  });

  it('leaves an incident without grounds, where all others were withdrawn', () => {
    const withdrawn: IncidentEvent = {
      type: 'EpisodeChanged',
      data: { episode: known.episode, standing: 'withdrawn', version: 3, at },
    };
    given(opened, other, withdrawn).when(release).then(released, unfounded);
  });

  it('may come back at the version at which it left', () => {
    const attached: IncidentEvent = { type: 'EpisodeAttached', data: { ...told('open'), at } };
    given(opened, other, released).when(tell('open')).then(attached);
    given(opened, joined).when(tell('open')).then(attached, reopened('another episode belongs to it'));
  });

  it('is attached although it was withdrawn since, to an incident that is there', () => {
    const back = told('withdrawn', { ...known, knownSince: at });
    given(opened)
      .when({ type: 'TellEpisode', ...back, at })
      .then({ type: 'EpisodeAttached', data: { ...back, at } });
    given()
      .when({ type: 'TellEpisode', ...back, at })
      .thenNothing();
  });
});

describe('an incident is told of its episodes', () => {
  it('opens with the first, and not twice', () => {
    given().when(tell('open')).then(opened);
    given(opened).when(tell('open')).thenNothing();
  });

  it('does not open for one that is withdrawn already', () => {
    given().when(tell('withdrawn')).thenNothing();
  });

  it('goes on when its episode has ended: people close it', () => {
    given(opened).when(tell('closed')).then(changed('closed'));
  });

  it('is resolved when nothing is left of it and nobody has taken it up', () => {
    given(opened).when(tell('withdrawn')).then(changed('withdrawn'), unfounded);
  });

  it('stays with whoever has taken it up, and is told', () => {
    given(opened, acknowledged).when(tell('withdrawn')).then(changed('withdrawn'));
  });

  it('is open again when its episode is founded again', () => {
    given(opened, changed('withdrawn'), unfounded)
      .when(tell('open', { version: 4 }))
      .then(changed('open', { version: 4 }), reopened('an episode is founded again'));
  });

  it('is told nothing by an older version of an episode, so that a telling may be repeated', () => {
    given(opened, changed('closed')).when(tell('open')).thenNothing();
  });

  it('is told once that what was known late is live news after all', () => {
    const late: IncidentEvent = { type: 'IncidentOpened', data: { ...told('open', { backfilled: true }), at } };
    const live = changed('open', { version: 2, backfilled: false });
    given(late)
      .when(tell('open', { version: 2 }))
      .then(live);
    given(late, live)
      .when(tell('open', { version: 3 }))
      .thenNothing();
    given(opened)
      .when(tell('open', { version: 2, backfilled: true }))
      .thenNothing();
  });

  it('stays resolved by people when its own episode changes, and is open again when another one joins', () => {
    given(opened, resolved).when(tell('closed')).then(changed('closed'));
    const other = { episode: 'st2/*/outage/1', station: 'st2', rule: 'outage' as const };
    given(opened, resolved)
      .when(tell('open', other))
      .then(
        { type: 'EpisodeAttached', data: { ...told('open', other), at } },
        reopened('another episode belongs to it'),
      );
  });

  it('ends in another one that it was joined with, where there is something to end', () => {
    const join = { type: 'JoinIncident' as const, into: 'i-1', at };
    given(opened)
      .when(join)
      .then({
        type: 'IncidentResolved',
        data: { resolution: 'joined into i-1', by: 'alerting', at },
      });
    given().when(join).thenNothing();
    given(opened, resolved).when(join).thenNothing();
  });
});

describe('people', () => {
  it('acknowledge, assign, comment and resolve', () => {
    given(opened).when({ type: 'AcknowledgeIncident', by, at }).then(acknowledged);
    given(opened)
      .when({ type: 'AssignIncident', to: 'an', by, at })
      .then({ type: 'IncidentAssigned', data: { to: 'an', by, at } });
    given(opened)
      .when({ type: 'CommentIncident', text: 'called them', by, at })
      .then({ type: 'IncidentCommented', data: { text: 'called them', by, at } });
    given(opened).when({ type: 'ResolveIncident', resolution: 'the pump was repaired', by, at }).then(resolved);
  });

  it('change nothing by asking again', () => {
    given(opened, acknowledged).when({ type: 'AcknowledgeIncident', by, at }).thenNothing();
    given(opened, { type: 'IncidentAssigned', data: { to: 'an', by, at } })
      .when({ type: 'AssignIncident', to: 'an', by, at })
      .thenNothing();
    given(opened, resolved)
      .when({ type: 'ResolveIncident', resolution: 'the pump was repaired', by, at })
      .thenNothing();
  });

  it('find no unknown incident, and only comment on a resolved one', () => {
    given().when({ type: 'AcknowledgeIncident', by, at }).thenRejected('IncidentUnknown');
    given().when({ type: 'CommentIncident', text: 'who?', by, at }).thenRejected('IncidentUnknown');
    given(opened, resolved).when({ type: 'AcknowledgeIncident', by, at }).thenRejected('IncidentResolved');
    given(opened, resolved)
      .when({ type: 'ResolveIncident', resolution: 'otherwise', by, at })
      .thenRejected('IncidentResolved');
    given(opened, resolved)
      .when({ type: 'CommentIncident', text: 'it came back', by, at })
      .then({ type: 'IncidentCommented', data: { text: 'it came back', by, at } });
  });
});
