import type { Decider } from '../kernel/decider.ts';
import { type NoticeCommand, noticeCommands } from './commands.ts';
import type { NoticeEvent } from './events.ts';

/** `null`: it was not received. */
export interface NoticeState {
  readonly attemptId: string | null;
}

/**
 * A notice of the provider, kept before anything is done about it. One that is sent again changes
 * nothing. It says only that a payment changed: what it is now, the provider is asked.
 */
export const noticeDecider: Decider<NoticeState, NoticeCommand, NoticeEvent> = {
  category: 'paymentnotice',
  version: 1,
  initialState: { attemptId: null },
  commands: noticeCommands,
  decide({ data }, { attemptId }, { entityId: noticeId }) {
    if (attemptId !== null) return [];
    return [{ type: 'PaymentNoticeReceived', data: { noticeId, ...data } }];
  },
  evolve: (_state, { data: { attemptId } }) => ({ attemptId }),
};
