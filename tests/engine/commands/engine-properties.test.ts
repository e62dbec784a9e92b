import fc from 'fast-check';

import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import { fieldHashes } from '../../../src/domain/kernel/fingerprint.ts';
import type { CommandEngine } from '../../../src/engine/commands/command-engine.ts';
import {
  add,
  addMany,
  type CounterCommand,
  open,
  settle,
  take,
} from '../../support/counter-decider.ts';
import type { Fault } from '../../support/faulty-log.ts';
import {
  asAnswered,
  commandsOf,
  createWorld,
  fold,
  type Mode,
  MODES,
  type Outcome,
  revisionsOf,
  upTo,
} from './engine-world.ts';

/** One request of a client: which command, under which of few ids, and the faults of its appends. */
interface Step {
  readonly id: string;
  readonly command: CounterCommand;
  readonly engine: 0 | 1;
  readonly ifRevision: number | undefined;
  readonly faults: readonly (Fault | 'ok')[];
  /** Sent together with the step after it. */
  readonly together: boolean;
  /** The engine is replaced by a new one first. */
  readonly restart: boolean;
  readonly deliverLate: boolean;
}

interface Answer {
  readonly asked: Step;
  readonly answer: Outcome;
}

/** What a client may meet while there are faults and rivals. Any other error is a bug. */
const MET_UNDER_FAULTS = [
  'command_in_flight',
  'contention',
  'idempotency_key_reused',
  'outcome_unknown',
  'precondition_failed',
  'store_unavailable',
];

const amount = fc.integer({ min: 1, max: 30 });
const command: fc.Arbitrary<CounterCommand> = fc.oneof(
  { weight: 4, arbitrary: amount.map((n) => add(n)) },
  { weight: 3, arbitrary: amount.map(take) },
  {
    weight: 2,
    arbitrary: fc.array(amount, { minLength: 1, maxLength: 4 }).map((n) => addMany(...n)),
  },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40 }).map(settle) },
);
const fault = fc.constantFrom<Fault | 'ok'>('ok', 'request-lost', 'answer-lost', 'late', 'busy');

const step = (commands: readonly CounterCommand[]): fc.Arbitrary<Step> =>
  fc
    .record({
      nth: fc.nat({ max: commands.length - 1 }),
      // Now and then an id comes with the body of another one.
      other: fc.option(fc.nat({ max: commands.length - 1 }), { freq: 8, nil: undefined }),
      engine: fc.constantFrom<0 | 1>(0, 1),
      ifRevision: fc.option(fc.nat({ max: 12 }), { freq: 8, nil: undefined }),
      faults: fc.oneof(
        { weight: 3, arbitrary: fc.constant([]) },
        { weight: 3, arbitrary: fc.array(fault, { maxLength: 4 }) },
        // More than any command waits for: its outcome stays unknown.
        { weight: 1, arbitrary: fault.map((one) => Array.from({ length: 16 }, () => one)) },
      ),
      together: fc.boolean(),
      restart: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      deliverLate: fc.integer({ min: 0, max: 4 }).map((n) => n === 0),
    })
    .map(({ nth, other, ...rest }) => ({
      id: `c${nth}`,
      command: commands[other ?? nth] ?? open(),
      ...rest,
    }));

const history = fc
  .array(command, { minLength: 3, maxLength: 10 })
  .chain((commands) => fc.array(step(commands), { minLength: 1, maxLength: 25 }));

/** Lets the history happen; afterwards there are no more faults, and a new engine. */
async function happen(steps: readonly Step[], mode: Mode) {
  const world = createWorld(mode, { appendDeadlineMs: 2_000 });
  const { log, outcome, engine } = world;
  const engines = [engine(), engine()] as [CommandEngine, CommandEngine];
  const answers: Answer[] = [];
  await world.run('open', open(60));
  let running: Promise<unknown>[] = [];
  for (const asked of steps) {
    if (asked.restart) engines[asked.engine] = engine();
    if (asked.deliverLate) await log.deliverLate();
    log.plan(...asked.faults);
    const on = engines[asked.engine];
    const { ifRevision } = asked;
    const options = ifRevision === undefined ? { on } : { on, ifRevision };
    running.push(
      outcome(asked.id, asked.command, options).then((answer) => answers.push({ asked, answer })),
    );
    if (asked.together) continue;
    await Promise.all(running);
    running = [];
  }
  await Promise.all(running);
  log.calm();
  await log.deliverLate();
  return { ...world, answers, calm: engine() };
}

type Happened = Awaited<ReturnType<typeof happen>>;

/** The log is whole: no gap, no id twice, each command one run of events, the rules kept. */
async function readWhole({ stored }: Happened) {
  const events = await stored();
  expect(revisionsOf(events)).toStrictEqual(upTo(events.length));
  expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  const runs = commandsOf(events).filter((id, i, all) => id !== all[i - 1]);
  expect(new Set(runs).size).toBe(runs.length);
  const { total, limit } = fold(events);
  expect(total >= 0 && total <= limit).toBe(true);
  return events;
}

const isKept = (answer: Outcome) =>
  answer.kind === 'refused' || (answer.kind === 'done' && answer.events.length > 0);

/** What was answered is what was asked, and what the log holds. */
function checkAnswer({ asked, answer }: Answer, events: readonly RecordedEvent[]): void {
  const mine = events.filter(({ metadata }) => metadata.commandId === asked.id);
  if (isKept(answer)) {
    expect(mine[0]?.metadata.fields).toStrictEqual(fieldHashes(asked.command));
  }
  if (answer.kind === 'error') {
    expect(MET_UNDER_FAULTS).toContain(answer.code);
  } else if (answer.kind === 'refused') {
    expect(mine).toMatchObject([{ type: 'CommandRefused', data: { code: answer.code } }]);
  } else {
    if (answer.events.length > 0) expect(answer.events).toStrictEqual(mine.map(asAnswered));
    const until = events.slice(0, answer.revision + 1);
    expect(answer.position).toStrictEqual(until.at(-1)?.position);
    expect(answer.state).toStrictEqual(fold(until));
  }
}

describe('any history of commands, repeats, faults, restarts and rivals', () => {
  it.each(MODES)(
    'leaves each command in the log once or not at all, and its answer for ever ($name)',
    async (mode) => {
      await fc.assert(
        fc.asyncProperty(history, async (steps) => {
          const happened = await happen(steps, mode);
          const { answers, outcome, calm, run } = happened;
          const events = await readWhole(happened);
          for (const answer of answers) checkAnswer(answer, events);

          for (const { asked, answer } of answers.filter((one) => isKept(one.answer))) {
            const repeat = await outcome(asked.id, asked.command, { on: calm });
            expect(repeat).toStrictEqual({ ...answer, repeated: true });
          }
          expect(await readWhole(happened)).toStrictEqual(events);

          // Now every client tries again, and comes to an end.
          for (const { asked } of answers) {
            const end = await outcome(asked.id, asked.command, { on: calm });
            if (end.kind === 'error') expect(end.code).toBe('idempotency_key_reused');
          }
          const { state } = await run('last', settle(0), { on: calm });
          expect(state).toStrictEqual(fold(await readWhole(happened)));
        }),
        { numRuns: 30 },
      );
    },
    60_000,
  );
});
