import type { ProcessDocument } from '../../../src/projections/processes/document.ts';
import { processes } from '../../../src/projections/processes/projection.ts';

/** The document after reactions, the first of which is of the event that starts the process. */
function after(...reactions: readonly object[]): ProcessDocument | undefined {
  return reactions.reduce<ProcessDocument | undefined>((document, reaction, revision) => {
    const data = {
      ...{ process: 'fulfilment', instance: 'o1', priority: 'medium', planned: [], timers: [] },
      ...{ input: { kind: 'event', id: `e${revision}`, type: 'OrderPlaced' }, stage: 'any' },
      ...reaction,
    };
    const event = {
      type: 'ProcessReacted',
      data,
      recordedAt: '2027-01-01T00:00:00.000Z',
      revision,
    };
    return processes.evolve(document, event as never, 'o1');
  }, undefined);
}

describe('the status of a process', () => {
  const ended = { ended: 'compensated' };
  const late = { waitsFor: 'a person to refund the payment' };

  test('ended, until it waits again', () => {
    expect(after({}, ended)).toMatchObject({ status: 'ended', ending: 'compensated' });
    expect(after({}, ended, late)).toMatchObject({ status: 'running', ...late });
    expect(after({}, ended, late)).not.toHaveProperty('ending');
    expect(after({}, ended, late, ended)).toMatchObject({ status: 'ended' });
  });

  test('ended, whatever it takes note of without waiting', () => {
    expect(after({}, ended, {})).toMatchObject({ status: 'ended', ending: 'compensated' });
  });
});
