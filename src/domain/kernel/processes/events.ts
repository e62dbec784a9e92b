import { type Static, Type } from '@sinclair/typebox';

import { defineEvents, type EventOf } from '../define-events.ts';
import { described, eventData, Id, Instant, Name, oneOf, strict, Text } from '../schema.ts';

/** The category of the streams of all durable processes. */
export const PROCESS_CATEGORY = 'process';

/** Most steps of one process that are not done yet, and most timers that it has set. */
export const MAX_OPEN_STEPS = 100;
export const MAX_TIMERS = 20;

export const INPUT_KINDS = ['event', 'timer', 'accepted', 'refused', 'cancel'] as const;
export const ENDINGS = ['completed', 'compensated', 'cancelled'] as const;
export const PROCESS_PRIORITIES = ['high', 'medium', 'low'] as const;

export type Ending = (typeof ENDINGS)[number];
export type ProcessPriority = (typeof PROCESS_PRIORITIES)[number];

/** A step as it was planned: who carries it out, and with what. Its name is used once. */
const PlannedStep = strict({
  step: Id,
  kind: Id,
  data: Type.Record(Type.String(), Type.Unknown()),
});
export type PlannedStep = Static<typeof PlannedStep>;

const Timer = strict({ name: Id, dueAt: Instant });
export type Timer = Static<typeof Timer>;

const about = {
  process: described(Id, 'Name of the process.'),
  instance: described(Id, 'What it is about, such as an order.'),
};

/** The events of a durable process, in its own stream `process-<shop>.<process>:<instance>`. */
export const processEvents = defineEvents({
  ProcessEnabled: eventData(
    'The process runs from here on. It reacts to no event that was recorded before.',
    { process: about.process },
  ),
  ProcessReacted: eventData('The process reacted to an event, a timer or the result of a step.', {
    ...about,
    input: described(
      strict({
        kind: oneOf(INPUT_KINDS),
        /** Id of the event, or name of the timer or step. */
        id: Id,
        /** Type of the event, or code of a refusal. */
        type: Type.Optional(Name),
      }),
      'What it reacted to.',
    ),
    stage: described(Name, 'How far it is.'),
    waitsFor: Type.Optional(described(Text, 'What it waits for, in words.')),
    state: described(
      Type.Record(Type.String(), Type.Unknown()),
      'All that it remembers, after this reaction.',
    ),
    planned: described(
      Type.Array(PlannedStep, { maxItems: MAX_OPEN_STEPS }),
      'The steps that follow from this reaction.',
    ),
    timers: described(
      Type.Array(Timer, { maxItems: MAX_TIMERS }),
      'All timers that are set after this reaction.',
    ),
    priority: oneOf(PROCESS_PRIORITIES, 'Which processes go first when many wait.'),
    ended: Type.Optional(oneOf(ENDINGS, 'How it ended.')),
  }),
  ProcessStuck: eventData('A step failed so often that an operator should look. It is retried.', {
    ...about,
    step: described(Id, 'The step.'),
    reason: described(Text, 'Why it failed the last time, in words.'),
    attempts: described(Type.Integer({ minimum: 1 }), 'How often it was tried.'),
  }),
  ProcessRetried: eventData('An operator had the steps that are not done tried again at once.', {
    ...about,
  }),
});

export type ProcessEvent = EventOf<typeof processEvents>;
export type ProcessReacted = EventOf<typeof processEvents, 'ProcessReacted'>;

/** The id of a process within its shop. */
export function processId(name: string, instance: string): string {
  return `${name}:${instance}`;
}
