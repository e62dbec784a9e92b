import { noticeStep } from '../../commands/payments/notice-step.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type { NoticeEvent } from '../../domain/payment-notices/index.ts';
import type {
  DurableProcess,
  ProcessInput,
  Reaction,
  StepHandler,
  StepResult,
} from '../../engine/processes/durable/durable-process.ts';
import { durable } from '../../engine/processes/durable/open-durable.ts';
import { workOf } from './work.ts';

export type NoticeProcessState = {
  readonly attemptId: string;
  /** How often it was looked at: the name of a step is used once. Absent in older instances. */
  readonly looks?: number;
  /** Looks with a provider to ask. */
  readonly tries: number;
};

/** With pauses of up to an hour: 6 to 13 hours after the provider was first asked. */
export const MAX_TRIES = 24;
const AGAIN = 'again';

function look(state: NoticeProcessState): Reaction<NoticeProcessState> {
  const { attemptId, tries, looks = tries } = state;
  const data = { attemptId, tries, looks };
  return {
    state: { ...state, looks: looks + 1 },
    stage: 'asking the provider',
    steps: [{ step: `look ${looks + 1}`, kind: 'look', data }],
  };
}

function looked(
  before: NoticeProcessState,
  { againMs, withoutProvider }: StepResult,
): Reaction<NoticeProcessState> {
  const state = { ...before, tries: before.tries + (withoutProvider === true ? 0 : 1) };
  if (typeof againMs !== 'number') return { state, stage: 'known', ended: 'completed' };
  if (state.tries >= MAX_TRIES) return { state, stage: 'no outcome', ended: 'completed' };
  const waitsFor = withoutProvider === true ? 'a provider' : 'the payment and its outcome';
  const setTimers = [{ name: AGAIN, afterMs: againMs }];
  return { state, stage: 'waiting', waitsFor, setTimers };
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
    case 'accepted':
      return looked(state, input.result);
    case 'refused':
      return { state, stage: `refused: ${input.code}`, ended: 'completed' };
    case 'cancel':
      return { state, stage: 'cancelled', ended: 'cancelled' };
  }
}

const handler: StepHandler = async (request, services) => {
  const { attemptId, tries, looks = tries } = request.data;
  const work = workOf('payment-notices', request, services);
  const times = { looks: Number(looks), tries: Number(tries) };
  return { ...(await noticeStep(work, String(attemptId), times)) };
};

const definition: DurableProcess<NoticeProcessState> = {
  name: 'payment-notices',
  categories: ['paymentnotice'],
  eventTypes: ['PaymentNoticeReceived'],
  correlate: (event: RecordedEvent) => (event as unknown as NoticeEvent).data.noticeId,
  initialState: { attemptId: '', looks: 0, tries: 0 },
  react: reactToNotice,
  handlers: { look: handler },
};

/** Follows the notices of the payment provider, one instance each. */
export const paymentNoticesProcess = durable(definition);
