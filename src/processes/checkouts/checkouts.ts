import { openCheckout } from '../../commands/checkouts/open-checkout.ts';
import type { CheckoutEvent } from '../../domain/checkouts/index.ts';
import type { RecordedEvent } from '../../domain/kernel/event.ts';
import type {
  DurableProcess,
  ProcessInput,
  Reaction,
  StepHandler,
} from '../../engine/processes/durable/durable-process.ts';
import { durable } from '../../engine/processes/durable/open-durable.ts';
import { providerWork } from '../webhooks/work.ts';

type State = { readonly checkoutId: string; readonly tries: number };

const NAME = 'checkouts';
const AGAIN = 'again';

const ask = ({ checkoutId, tries }: State): Reaction<State> => ({
  state: { checkoutId, tries: tries + 1 },
  stage: 'asking the provider',
  steps: [{ step: `open ${tries + 1}`, kind: 'open', data: { checkoutId, tries } }],
});

function react(state: State, input: ProcessInput): Reaction<State> | undefined {
  switch (input.kind) {
    case 'event': {
      const { checkoutId } = (input.event as unknown as CheckoutEvent).data;
      return ask({ checkoutId, tries: 0 });
    }
    case 'timer':
      return ask(state);
    case 'accepted': {
      const { againMs } = input.result;
      if (typeof againMs !== 'number') return { state, stage: 'known', ended: 'completed' };
      const setTimers = [{ name: AGAIN, afterMs: againMs }];
      return { state, stage: 'waiting', waitsFor: 'the provider', setTimers };
    }
    case 'refused':
      return { state, stage: `refused: ${input.code}`, ended: 'completed' };
    case 'cancel':
      return { state, stage: 'cancelled', ended: 'cancelled' };
  }
}

const open: StepHandler = async (request, services) => {
  const { checkoutId, tries } = request.data;
  const work = providerWork(NAME, request, services);
  return { ...(await openCheckout(work, String(checkoutId), Number(tries))) };
};

const definition: DurableProcess<State> = {
  name: NAME,
  categories: ['checkout'],
  eventTypes: ['CheckoutRequested'],
  correlate: (event: RecordedEvent) => (event as unknown as CheckoutEvent).data.checkoutId,
  initialState: { checkoutId: '', tries: 0 },
  react,
  handlers: { open },
};

/** Has the pages of checkouts made by their providers, one instance each. */
export const checkoutsProcess = durable(definition);
