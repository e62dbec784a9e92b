import type { Notification, Notifier } from '../../../src/commands/notifications/notify.ts';
import type { RecordedEvent } from '../../../src/domain/kernel/event.ts';
import type {
  ProcessInput,
  StepRequest,
} from '../../../src/engine/processes/durable/durable-process.ts';
import type { ProcessServices } from '../../../src/engine/processes/process-manager.ts';
import {
  debtReminders,
  REMINDER_DAYS,
} from '../../../src/processes/notifications/debt-reminders.ts';

const DAY_MS = 86_400_000;
const DUE = '2030-02-10';
const DUE_MS = Date.UTC(2030, 1, 10, 12);
const OPENED: ProcessInput = { kind: 'event', event: opened({ dueDate: DUE }) };
const DONE = (isOpen: boolean): ProcessInput => ({
  ...{ kind: 'accepted', step: 'remind 1' },
  result: { isOpen },
});

function opened(more: object): RecordedEvent {
  const data = { customerId: 'marta', debtId: 'd-1', ...more };
  return { type: 'DebtOpened', data } as unknown as RecordedEvent;
}

const { durable: process } = debtReminders({} as Notifier);
const contextAt = (nowMs: number) => ({ storeId: 'a', instance: 'marta:d-1', nowMs });

describe('the reminders of a debt', () => {
  it('come on their days after the due date until it is paid', () => {
    let nowMs = DUE_MS - 5 * DAY_MS;
    let reaction = process?.react(process.initialState, OPENED, contextAt(nowMs));
    const days: number[] = [];
    while (reaction?.setTimers) {
      nowMs += reaction.setTimers[0]?.afterMs ?? 0;
      days.push((nowMs - DUE_MS) / DAY_MS);
      const timer: ProcessInput = { kind: 'timer', name: 'remind' };
      const due = process?.react(reaction.state, timer, contextAt(nowMs));
      expect(due?.steps).toHaveLength(1);
      reaction = process?.react(due?.state ?? {}, DONE(true), contextAt(nowMs));
    }
    expect(days).toEqual(REMINDER_DAYS);
    expect(reaction?.ended).toBe('completed');
  });

  it('end when the debt is paid', () => {
    const state = { customerId: 'marta', debtId: 'd-1', dueDate: DUE, done: 1 };
    expect(process?.react(state, DONE(false), contextAt(DUE_MS))).toMatchObject({
      ended: 'completed',
    });
  });

  it('leave out the days that had passed when the debt was recorded', () => {
    const late = process?.react(process.initialState, OPENED, contextAt(DUE_MS + 3 * DAY_MS));
    expect(late?.setTimers).toEqual([{ name: 'remind', afterMs: 5 * DAY_MS }]);
    const older = process?.react(process.initialState, OPENED, contextAt(DUE_MS + 90 * DAY_MS));
    expect(older).toBeUndefined();
  });

  it('are none for a debt without a due date', () => {
    expect(process?.correlate(opened({}))).toBeUndefined();
  });

  it('name what is owed now, under the id of the step', async () => {
    const sent: Notification[] = [];
    const notify: Notifier['notify'] = async (notification) => {
      sent.push(notification);
      return { deliveries: [], suppressed: [] };
    };
    const debts = [{ debtId: 'd-1', remainingMinor: 420 }];
    const services = {
      commands: { load: async () => ({ state: { status: 'open', currency: 'EUR', debts } }) },
    } as unknown as ProcessServices;
    const request = {
      ...{ storeId: 'a', stepId: 'step-1', correlationId: 'c', causationId: 'e' },
      data: { customerId: 'marta', debtId: 'd-1', dueDate: DUE },
    } as unknown as StepRequest;
    const remind = debtReminders({ notify } as Notifier).durable.handlers['remind'];
    expect(await remind?.(request, services)).toEqual({ isOpen: true });
    expect(sent[0]).toMatchObject({
      ...{ topic: 'debt-reminder', personId: 'marta', notificationId: 'step-1' },
      variables: { amount: '4.20 EUR', dueDate: DUE },
    });
    debts.pop();
    expect(await remind?.(request, services)).toEqual({ isOpen: false });
    expect(sent).toHaveLength(1);
  });
});
