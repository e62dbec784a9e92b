import fc from 'fast-check';

import {
  holesIn,
  rangesOf,
  segmentDecider,
  type SegmentEvent,
  type SegmentState,
} from '../../../src/domain/sync/index.ts';
import { CONTEXT } from '../../support/decider.ts';

const sent = (seq: number, hash: string) => ({
  ...{ seq, id: `fact-number-${seq}`, hash: hash.padEnd(64, '0') },
  fact: {},
});
const batch = fc.array(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.constantFrom('a', 'b', 'c')), {
  minLength: 1,
  maxLength: 8,
});

function keep(state: SegmentState, facts: readonly (readonly [number, string])[]) {
  const data = {
    ...{ deviceId: 'till-1', epoch: 'e', through: 0 },
    facts: facts.map(([seq, hash]) => sent(seq, hash)),
  };
  return segmentDecider.decide({ type: 'KeepFacts', data }, state, CONTEXT);
}

function run(batches: readonly (readonly (readonly [number, string])[])[]) {
  let state = segmentDecider.initialState;
  const events: SegmentEvent[] = [];
  for (const facts of batches) {
    for (const event of keep(state, facts)) {
      events.push(event);
      state = segmentDecider.evolve(state, event);
    }
  }
  return { state, events };
}

/** Every fact in the events, by number and hash. */
const stored = (events: readonly SegmentEvent[]) =>
  events.flatMap(({ type, data }) =>
    type === 'FactsKept'
      ? data.facts.map(({ seq, hash }) => `${seq} ${hash[0]}`)
      : [`${data.seq} ${data.hash[0]}`],
  );

describe('A segment of facts', () => {
  it('stores each fact once, forks as well, however they are sent', () => {
    fc.assert(
      fc.property(fc.array(batch, { maxLength: 6 }), (batches) => {
        const { events } = run(batches);
        const all = batches.flat().map(([seq, hash]) => `${seq} ${hash}`);

        expect(stored(events).sort()).toEqual([...new Set(all)].sort());
      }),
    );
  });

  it('keeps the first fact of a number as its fact, and later ones as forks', () => {
    const { events, state } = run([[[1, 'a']], [[1, 'b']], [[1, 'a']]]);

    expect(events.map(({ type }) => type)).toEqual(['FactsKept', 'FactForked']);
    expect(state.facts[1]?.[1][0]).toBe('a');
  });
});

describe('Ranges of numbers', () => {
  const numbers = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 30 });
  const inRanges = (ranges: readonly (readonly [number, number])[]) =>
    ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));

  it('hold each number once, and rise with a gap between them', () => {
    fc.assert(
      fc.property(numbers, (list) => {
        const ranges = rangesOf(list);
        expect(inRanges(ranges)).toEqual([...new Set(list)].sort((a, b) => a - b));
        for (const [i, [from]] of ranges.entries()) {
          expect(from).toBeGreaterThan((ranges[i - 1]?.[1] ?? -1) + 1);
        }
      }),
    );
  });

  it('have holes that are all the other numbers up to the last', () => {
    fc.assert(
      fc.property(numbers, fc.nat(40), (list, last) => {
        const lacking = Array.from({ length: last }, (_, i) => i + 1).filter(
          (number) => !list.includes(number),
        );
        expect(inRanges(holesIn(rangesOf(list), last))).toEqual(lacking);
      }),
    );
  });
});
