import { noticeStep } from '../../commands/payments/notice-step.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { NoticeEvent } from '../../domain/payment-notices/index.ts';
import type {
  DurableProcess,
  ProcessInput,
  Reaction,
  StepHandler,
} from '../../engine/processes/durable/durable-process.ts';
import { durable } from '../../engine/processes/durable/open-durable.ts';
import { workOf } from './work.ts';

export type NoticeProcessState = {
  readonly attemptId: string;
  readonly tries: number;
};

/** With pauses of up to an hour, also without a provider: 6 to 13 hours after it came. */
export const MAX_TRIES = 24;
const AGAIN = 'again';

function look(state: NoticeProcessState): Reaction<NoticeProcessState> {
  const { attemptId, tries } = state;
  return {
    state: { ...state, tries: tries + 1 },
    stage: 'asking the provider',
    steps: [{ step: `look ${tries + 1}`, kind: 'look', data: { attemptId, tries } }],
  };
}

/** Asks the provider about the payment of a notice until its outcome is known here. */
export function reactToNotice(
  state: NoticeProcessState,
  input: ProcessInput,
): Reaction<NoticeProcessState> | undefined {
  switch (input.kind) {
    case 'event': {
      const { attemptId } = (input.event as unknown as NoticeEvent).data;
      return look({ ...state, attemptId });
    }
    case 'timer':
      return look(state);
    case 'accepted': {
      const { againMs } = input.result;
      if (typeof againMs !== 'number') return { state, stage: 'known', ended: 'completed' };
      if (state.tries >= MAX_TRIES) {
        return { state, stage: 'no outcome', ended: 'completed' };
      }
      const waitsFor = 'the payment and its outcome';
      const setTimers = [{ name: AGAIN, afterMs: againMs }];
      return { state, stage: 'waiting', waitsFor, setTimers };
    }
    case 'refused':
      return { state, stage: `refused: ${input.code}`, ended: 'completed' };
    case 'cancel':
      return { state, stage: 'cancelled', ended: 'cancelled' };
  }
}

const handler: StepHandler = async (request, services) => {
  const { attemptId, tries } = request.data;
  const work = workOf('payment-notices', request, services);
  return { ...(await noticeStep(work, String(attemptId), Number(tries))) };
};

const definition: DurableProcess<NoticeProcessState> = {
  name: 'payment-notices',
  categories: ['paymentnotice'],
  eventTypes: ['PaymentNoticeReceived'],
  correlate: (event: RecordedEvent) => (event as unknown as NoticeEvent).data.noticeId,
  initialState: { attemptId: '', tries: 0 },
  react: reactToNotice,
  handlers: { look: handler },
};

/** Follows the notices of the payment provider, one instance each. */
export const paymentNoticesProcess = durable(definition);
