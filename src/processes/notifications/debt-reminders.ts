import type { Notifier } from '../../commands/notifications/notify.ts';
import { accountDecider, type DebtOpened } from '../../domain/accounts/index.ts';
import { derivedId } from '../../domain/kernel/derived-id.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import { formatMoney } from '../../domain/kernel/format-money.ts';
import { instantMs } from '../../domain/kernel/instant.ts';
import type {
  ProcessInput,
  Reaction,
  ReactionContext,
  StepHandler,
  StepResult,
} from '../../engine/processes/durable/durable-process.ts';
import {
  durable,
  type DurableProcessManager,
} from '../../engine/processes/durable/open-durable.ts';

const DAY_MS = 86_400_000;
/** Days after the due date on which an unpaid debt is reminded of; afterwards it is not. */
export const REMINDER_DAYS = [1, 8, 31] as const;
/** In UTC: noon, when the day after the due date has begun in all time zones but the last. */
const HOUR = '12:00:00';

const NAME = 'debt-reminders';
const REMIND = 'remind';

type State = {
  readonly customerId: string;
  readonly debtId: string;
  readonly dueDate: string;
  /** Reminders whose time has come. */
  readonly done: number;
};

function waitForNext(
  state: State,
  from: number,
  { nowMs }: ReactionContext,
): Reaction<State> | undefined {
  const dueMs = instantMs(`${state.dueDate}T${HOUR}Z`);
  for (let done = from; done < REMINDER_DAYS.length; done++) {
    const afterMs = dueMs + (REMINDER_DAYS[done] ?? 0) * DAY_MS - nowMs;
    // A reminder whose day has passed is left out: debts of older books would send many at once.
    if (afterMs <= 0) continue;
    return {
      state: { ...state, done },
      stage: 'waiting',
      waitsFor: 'the day of the reminder',
      setTimers: [{ name: REMIND, afterMs }],
    };
  }
  return undefined;
}

function react(
  state: State,
  input: ProcessInput,
  context: ReactionContext,
): Reaction<State> | undefined {
  switch (input.kind) {
    case 'event': {
      const { customerId, debtId, dueDate } = (input.event as unknown as DebtOpened).data;
      if (dueDate === undefined) return undefined;
      return waitForNext({ customerId, debtId, dueDate, done: 0 }, 0, context);
    }
    case 'timer': {
      const { customerId, debtId, dueDate, done } = state;
      const step = `${REMIND} ${done + 1}`;
      return {
        state: { ...state, done: done + 1 },
        stage: 'reminding',
        steps: [{ step, kind: REMIND, data: { customerId, debtId, dueDate } }],
      };
    }
    case 'accepted': {
      const next = input.result['isOpen'] ? waitForNext(state, state.done, context) : undefined;
      return next ?? { state, stage: 'done', ended: 'completed' };
    }
    case 'refused':
      return { state, stage: `refused: ${input.code}`, ended: 'completed' };
    case 'cancel':
      return { state, stage: 'cancelled', ended: 'cancelled' };
  }
}

/** One instance per debt: the ids of debts are unique within an account only. */
function correlate(recorded: RecordedEvent): string | undefined {
  const { customerId, debtId, dueDate } = (recorded as unknown as DebtOpened).data;
  if (dueDate === undefined) return undefined;
  return derivedId({ entityId: customerId, commandId: debtId });
}

const remind =
  (notifier: Notifier): StepHandler =>
  async (
    { storeId, data, stepId, correlationId, causationId },
    { commands },
  ): Promise<StepResult> => {
    const [customerId, debtId, dueDate] = ['customerId', 'debtId', 'dueDate'].map((field) =>
      String(data[field]),
    ) as [string, string, string];
    const { state: account } = await commands.load(accountDecider, storeId, customerId);
    if (account.status === 'none') return { isOpen: false };
    const debt = account.debts.find((one) => one.debtId === debtId);
    if (!debt) return { isOpen: false };
    await notifier.notify({
      ...{ storeId, personId: customerId, correlationId, causationId },
      ...{ topic: 'debt-reminder', notificationId: stepId, ofEvent: true },
      variables: { amount: formatMoney(debt.remainingMinor, account.currency), dueDate },
      actor: { kind: 'process', id: NAME },
    });
    return { isOpen: true };
  };

/** Reminds customers of debts that are past their due date, until they are paid or written off. */
export function debtReminders(notifier: Notifier): DurableProcessManager {
  return durable<State>({
    name: NAME,
    categories: ['account'],
    eventTypes: ['DebtOpened'],
    correlate,
    initialState: { customerId: '', debtId: '', dueDate: '', done: 0 },
    react,
    priority: () => 'low',
    handlers: { [REMIND]: remind(notifier) },
  });
}
