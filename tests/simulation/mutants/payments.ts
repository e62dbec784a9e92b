import { UpstreamError } from '../../../src/domain/kernel/errors.ts';
import type {
  DurableProcess,
  Reaction,
} from '../../../src/engine/processes/durable/durable-process.ts';
import { durable } from '../../../src/engine/processes/durable/open-durable.ts';
import type { Feature } from '../../../src/features/feature.ts';
import type { PaymentProvider } from '../../../src/ports/payment-provider.ts';
import { SHOPS } from '../nodes/shops.ts';
import type { Mutant } from './mutant.ts';

type React = DurableProcess['react'];

/** A process with a memory that reacts otherwise than it should. */
const reacting =
  (name: string, change: (react: React) => React) =>
  (features: readonly Feature[]): readonly Feature[] =>
    features.map((feature) => ({
      ...feature,
      processes: feature.processes.map((process) => {
        if (process.name !== name || !('durable' in process) || !process.durable) return process;
        const { durable: right } = process;
        return durable({ ...right, react: change(right.react.bind(right)) });
      }),
    }));

/** Reactions without the steps of a kind. Nothing else happens in their place. */
const without =
  (kind: string) =>
  (react: React): React =>
  (...args) => {
    const reaction = react(...args);
    return (
      reaction && { ...reaction, steps: (reaction.steps ?? []).filter((s) => s.kind !== kind) }
    );
  };

const changed =
  (when: (reaction: Reaction<Record<string, unknown>>) => boolean, to: Partial<Reaction<never>>) =>
  (react: React): React =>
  (...args) => {
    const reaction = react(...args);
    return reaction && when(reaction) ? { ...reaction, ...to } : reaction;
  };

const guessing = (provider: PaymentProvider): PaymentProvider => ({
  ...provider,
  async charge(request) {
    try {
      return await provider.charge(request);
    } catch (error) {
      if (error instanceof UpstreamError) return { kind: 'failed', reason: 'no_answer' };
      throw error;
    }
  },
});

/** Bugs around payments through a provider, fulfilment, and processes with a memory. */
export const paymentMutants: readonly Mutant[] = [
  {
    name: 'no-answer-is-failure',
    standsFor: 'a charge without an answer counts as failed, although the money was taken',
    payments: guessing,
  },
  {
    name: 'charge-key-per-try',
    standsFor: 'each try of a charge has a key of its own, so that the provider charges twice',
    payments(provider) {
      let tries = 0;
      return {
        ...provider,
        charge: (request) =>
          provider.charge({ ...request, attemptId: `${request.attemptId}-${(tries += 1)}` }),
      };
    },
  },
  {
    name: 'refund-key-per-try',
    standsFor: 'each try of a refund has a key of its own, so that money goes back twice',
    payments(provider) {
      let tries = 0;
      return {
        ...provider,
        refund: (request) =>
          provider.refund({ ...request, refundId: `${request.refundId}-${(tries += 1)}` }),
      };
    },
  },
  {
    name: 'timer-not-set',
    standsFor: 'a process forgets to look again, and waits for ever',
    features: reacting(
      'payments',
      changed(({ setTimers = [] }) => setTimers.length > 0, { setTimers: [] }),
    ),
  },
  {
    name: 'charged-amount-other',
    standsFor: 'the provider charges without the tip',
    payments: (provider) => ({
      ...provider,
      charge: (request) =>
        provider.charge({ ...request, amountMinor: Math.max(1, request.amountMinor - 1) }),
    }),
  },
  {
    name: 'notice-not-followed',
    standsFor: 'a notice is kept, and nobody asks the provider',
    features: reacting('payment-notices', (react) => (state, input, context) => {
      const reaction = react(state, input, context);
      return reaction && { ...reaction, steps: [], ended: 'completed' };
    }),
  },
  {
    name: 'notice-of-any-shop',
    standsFor: 'a notice that was signed for one shop is taken by another',
    notices: ({ header, signedAt }) => ({
      header,
      signedAt(notice) {
        const found = SHOPS.map(({ id }) => signedAt({ ...notice, shopId: id }));
        return found.find((signedMs) => signedMs !== undefined);
      },
    }),
  },
  {
    name: 'stock-not-confirmed',
    standsFor: 'a paid order ends while its goods are still in stock',
    features: reacting('fulfilment', (react) => (state, input, context) => {
      const reaction = react(state, input, context);
      if (!reaction?.steps?.some(({ kind }) => kind === 'confirm')) return reaction;
      return { ...reaction, state: { ...reaction.state, stock: 'gone' }, steps: [] };
    }),
  },
  {
    name: 'hold-not-released',
    standsFor: 'stock stays reserved for an order that was put back',
    features: reacting('fulfilment', (react) => (state, input, context) => {
      const reaction = without('release')(react)(state, input, context);
      if (!reaction) return reaction;
      const { undoing = [] } = reaction.state as { undoing?: readonly string[] };
      const left = undoing.filter((name) => !name.startsWith('release:'));
      if (left.length === undoing.length) return reaction;
      if (left.length > 0) return { ...reaction, state: { ...reaction.state, undoing: left } };
      const { failure, reason } = reaction.state;
      const steps = [{ step: 'close:1', kind: 'close', data: { failure, reason } }];
      return { ...reaction, state: { ...reaction.state, undoing: [], phase: 'closing' }, steps };
    }),
  },
  {
    name: 'late-payment-kept',
    standsFor: 'money that comes after an order was put back stays in silence',
    features: reacting('fulfilment', (react) => (state, input, context) => {
      const { phase } = state as { phase: string };
      const isLate = phase !== 'charging' && phase !== 'confirming';
      const isMoney = input.kind === 'event' && input.event.type === 'PaymentSucceeded';
      return isLate && isMoney ? undefined : react(state, input, context);
    }),
  },
  {
    name: 'refused-refund-is-done',
    standsFor: 'an order ends as put back although the provider refused the refund',
    features: reacting('fulfilment', (react) => (state, input, context) => {
      if (input.kind !== 'event' || input.event.type !== 'PaymentRefundFailed') {
        return react(state, input, context);
      }
      const data = { ...(input.event.data as object), refundedMinor: Number.MAX_SAFE_INTEGER };
      const event = { ...input.event, type: 'PaymentRefunded', data };
      return react(state, { ...input, event }, context);
    }),
  },
  {
    name: 'cancel-not-heard',
    standsFor: 'a fulfilment does not hear that a person cancelled its order',
    features: reacting(
      'fulfilment',
      (react) => (state, input, context) =>
        input.kind === 'event' && input.event.type === 'OrderCancelled'
          ? undefined
          : react(state, input, context),
    ),
  },
  {
    name: 'account-charge-kept',
    standsFor: 'an order that was put back stays on the account of its customer',
    features: reacting('fulfilment', (react) => (state, input, context) => {
      const isOnAccount = (state as { method?: string }).method === 'on_account';
      if (!isOnAccount || input.kind !== 'accepted' || !input.step.startsWith('account:')) {
        return react(state, input, context);
      }
      return react(state, { ...input, kind: 'refused', code: 'none', message: 'none' }, context);
    }),
  },
  {
    name: 'fulfilment-left',
    standsFor: 'a step that is planned is never carried out',
    features: reacting('fulfilment', without('verify')),
  },
];
