import fc from 'fast-check';

import {
  blocksOf,
  type NumberCommand,
  numberDecider,
  type NumberEvent,
} from '../../../src/domain/fiscal/index.ts';
import { CONTEXT, fold, given } from '../../support/decider.ts';

const EXPIRES = '2025-03-11T12:00:00.000Z';
const LATER = { now: '2025-03-12T12:00:00.000Z' };

const held = (from = 1, to = 50, deviceId = 'till-1'): NumberEvent => ({
  type: 'FiscalNumbersHeld',
  data: {
    ...{ seriesId: 'B', from, to, deviceId, rangeFrom: from, rangeTo: to },
    ...{ grantedAt: CONTEXT.now, expiresAt: EXPIRES },
  },
});
const said = (number: number, seq: number, deviceId = 'till-1') => ({
  ...{ seriesId: 'B', number, factId: `fact-${deviceId}-${seq}`, deviceId, epoch: 'one', seq },
  ...{ hash: 'a'.repeat(64), cashier: 'ana', claimedAt: CONTEXT.now },
  ...{ occurredAt: CONTEXT.now, keptAt: CONTEXT.now },
});
const issue = (number: number, documentId: string, seq = 1, deviceId = 'till-1') =>
  ({ type: 'IssueNumber', data: { ...said(number, seq, deviceId), documentId } }) as const;
const makeVoid = (number: number, seq: number, deviceId = 'till-1') =>
  ({ type: 'VoidNumber', data: { ...said(number, seq, deviceId), reason: 'No paper' } }) as const;
const decision = (from: number, to: number) => ({
  type: 'DecideNumbers' as const,
  data: {
    ...{ seriesId: 'B', from, to, fate: 'lost' as const },
    ...{ reason: 'The tablet was stolen', decidedBy: 'manager' },
  },
});

function run(commands: readonly NumberCommand[], events: readonly NumberEvent[] = [held()]) {
  let state = fold(numberDecider, events);
  const recorded: NumberEvent[] = [];
  for (const command of commands) {
    for (const event of numberDecider.decide(command, state, { ...CONTEXT, ...LATER })) {
      recorded.push(event);
      state = numberDecider.evolve(state, event);
    }
  }
  return { state, types: recorded.map(({ type }) => type) };
}

describe('Fiscal numbers', () => {
  it('are issued once for a document, however many facts say so', () => {
    const { state, types } = run([issue(7, 'sale-1'), issue(7, 'sale-1'), issue(7, 'sale-1', 2)]);
    expect(types).toEqual(['FiscalNumberIssued']);
    expect(state.numbers[7]).toMatchObject({
      fate: 'issued',
      documents: [{ documentId: 'sale-1' }],
    });
  });

  it('keep a second document with the same number, and name both', () => {
    const { types, state } = run([issue(7, 'sale-1'), issue(7, 'sale-2', 1, 'till-2')]);
    expect(types).toEqual(['FiscalNumberIssued', 'FiscalNumberRepeated']);
    expect(state.numbers[7]?.documents.map(({ deviceId }) => deviceId)).toEqual([
      'till-1',
      'till-2',
    ]);
  });

  it('of a lost device are issued after all when its document comes', () => {
    const { types, state } = run([decision(1, 50), issue(7, 'sale-1')]);
    expect(types).toEqual(['FiscalNumbersDecided', 'FiscalNumberCorrected']);
    expect([state.numbers[7]?.fate, state.numbers[8]?.fate]).toEqual(['issued', 'lost']);
  });

  it('are not decided while their device may use them', () => {
    given(numberDecider, [held()]).when(decision(1, 50)).thenRefused('fiscal_number_in_use');
    given(numberDecider, [held()])
      .when(issue(50, 'sale-1'))
      .then([
        {
          type: 'FiscalNumberIssued',
          data: { ...issue(50, 'sale-1').data, before: 'held', fate: 'issued' },
        },
      ]);
  });

  it('that are settled stay as they are when the rest is decided', () => {
    const { state } = run([issue(1, 'sale-1'), makeVoid(2, 2), decision(1, 3)]);
    expect([1, 2, 3, 4].map((n) => state.numbers[n]?.fate)).toEqual([
      ...['issued', 'voided', 'lost', 'held'],
    ]);
  });

  it('end with the fate that their device wrote last, in whatever order its facts come', () => {
    const commands = [issue(7, 'sale-1', 1), makeVoid(7, 2)];
    const there = run(commands).state.numbers[7];
    const back = run([...commands].reverse()).state.numbers[7];
    expect([there?.fate, back?.fate]).toEqual(['voided', 'voided']);
    expect(back?.documents).toEqual(there?.documents);
  });

  it('that a device was never given are issued too, and the event says so', () => {
    const { types } = run([issue(60, 'sale-1'), issue(7, 'sale-2', 2, 'till-2')]);
    expect(types).toEqual(['FiscalNumberCorrected', 'FiscalNumberCorrected']);
  });

  it('are returned by the device that has them, and by no other', () => {
    const back = (deviceId: string): NumberCommand => ({
      type: 'ReturnNumbers',
      data: {
        ...{ seriesId: 'B', from: 1, to: 200, factId: 'fact-return-1', deviceId },
        returnedAt: CONTEXT.now,
      },
    });
    const { state, types } = run([issue(1, 'sale-1'), back('till-2'), back('till-1')]);
    expect(types).toEqual(['FiscalNumberIssued', 'FiscalNumbersReturned']);
    expect([1, 2, 50, 51].map((n) => state.numbers[n]?.fate)).toEqual([
      ...['issued', 'returned-unused', 'returned-unused', undefined],
    ]);
  });

  it('have every document that any order of facts brings, and one fate', () => {
    const one = fc.record({
      number: fc.integer({ min: 1, max: 3 }),
      document: fc.constantFrom('sale-1', 'sale-2', 'sale-3'),
      deviceId: fc.constantFrom('till-1', 'till-2'),
    });
    fc.assert(
      fc.property(
        fc.array(one, { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.nat()),
        (all, by) => {
          const commands = all.map(({ number, document, deviceId }, i) =>
            issue(number, document, i + 1, deviceId),
          );
          const shuffled = commands
            .map((command) => ({ command, at: by.next().value as number }))
            .sort((a, b) => a.at - b.at)
            .map(({ command }) => command);
          const found = run([...shuffled, ...commands]).state;
          for (const { number } of all) {
            const wanted = new Set(
              all.filter((each) => each.number === number).map((e) => e.document),
            );
            const documents = new Set(found.numbers[number]?.documents.map((e) => e.documentId));
            expect([documents, found.numbers[number]?.fate]).toEqual([wanted, 'issued']);
          }
        },
      ),
    );
  });

  it('stand in the block that their number names, without a gap', () => {
    expect(blocksOf({ from: 151, to: 450 })).toEqual([
      ...[
        { from: 151, to: 200 },
        { from: 201, to: 400 },
        { from: 401, to: 450 },
      ],
    ]);
  });
});
