import type { ReserveRange } from '../../../src/domain/fiscal/index.ts';
import type { Command } from '../../../src/domain/kernel/decider.ts';
import { DomainError } from '../../../src/domain/kernel/errors.ts';
import type { DomainEvent } from '../../../src/domain/kernel/event.ts';
import type { AnyDeciderOf } from '../../../src/engine/commands/command-engine.ts';
import type { Mutant } from './mutant.ts';

interface PushResult {
  readonly kept: { readonly through: number };
  readonly items: readonly { readonly seq?: number }[];
}

type AnyDecider = AnyDeciderOf<unknown, never, DomainEvent>;

/** Bugs of facts that offline devices send. */
export const syncMutants: readonly Mutant[] = [
  {
    name: 'push-acknowledges-highest',
    standsFor: 'the highest number that came is acknowledged, whatever is missing below it',
    response(response, { url }) {
      if (url !== '/sync/push' || response.status !== 200) return response;
      const body = JSON.parse(response.body) as PushResult;
      const highest = Math.max(body.kept.through, ...body.items.map(({ seq = 0 }) => seq));
      return {
        ...response,
        body: JSON.stringify({ ...body, kept: { through: highest, ranges: [] } }),
      };
    },
  },
  {
    name: 'taken-payment-not-needed',
    standsFor: 'a payment that a till took is flagged as not needed while it is due',
    commands: (commands) => ({
      ...commands,
      execute(decider, request) {
        if (request.command.type !== 'ApplyPayment') return commands.execute(decider, request);
        const refusing: AnyDecider = {
          ...(decider as unknown as AnyDecider),
          decide() {
            throw new DomainError('order_fully_paid', 'nothing is due');
          },
        };
        return commands.execute(refusing as unknown as typeof decider, request);
      },
    }),
  },
  {
    name: 'fiscal-range-again',
    standsFor: 'a series gives the same numbers again where it does not know what was given',
    commands: (commands) => ({
      ...commands,
      execute(decider, request) {
        if (request.command.type !== 'ReserveRange') return commands.execute(decider, request);
        const forgetful: AnyDecider = {
          ...(decider as unknown as AnyDecider),
          decide(command, state, context) {
            const { type, data } = command as Command<string, ReserveRange>;
            const { holdsThrough: _, ...asked } = data;
            const real = decider as unknown as AnyDecider;
            const again = { type, data: asked } as never;
            return real.decide(again, { ...(state as object), next: 1 }, context);
          },
        };
        return commands.execute(forgetful as unknown as typeof decider, request);
      },
    }),
  },
  {
    name: 'fiscal-number-forgotten',
    standsFor: 'a sale is booked without the fiscal number of its receipt',
    commands: (commands) => ({
      ...commands,
      execute(decider, request) {
        if (request.command.type !== 'IssueNumber') return commands.execute(decider, request);
        const silent: AnyDecider = {
          ...(decider as unknown as AnyDecider),
          decide: () => [],
        };
        return commands.execute(silent as unknown as typeof decider, request);
      },
    }),
  },
  {
    name: 'facts-judged-by-request-only',
    standsFor: 'what a request did not judge, or what waited, is never looked at again',
    features: (features) =>
      features.map((feature) => ({
        ...feature,
        processes: feature.processes.filter(({ name }) => name !== 'fact-judging'),
      })),
  },
];
