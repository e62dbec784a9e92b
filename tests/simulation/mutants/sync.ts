import type { ReserveRange } from '../../../src/domain/fiscal/index.ts';
import type { Command } from '../../../src/domain/kernel/decider.ts';
import { DomainError } from '../../../src/domain/kernel/errors.ts';
import type { DomainEvent } from '../../../src/domain/kernel/event.ts';
import type { AnyDeciderOf } from '../../../src/engine/commands/command-engine.ts';
import type { SimResponse } from '../nodes/api.ts';
import type { Mutant } from './mutant.ts';

interface PushResult {
  readonly kept: { readonly through: number };
  readonly items: readonly { readonly seq?: number }[];
}

interface Page {
  readonly items: readonly unknown[];
  readonly cursor: string;
}

/** The page that a response to a pull holds. */
function pulled({ status, body }: SimResponse, url: string): Page | undefined {
  return url.startsWith('/sync/pull') && status === 200 ? (JSON.parse(body) as Page) : undefined;
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
    name: 'conflict-without-record',
    standsFor: 'two versions were written at once, and one of them counts without a word',
    commands: (commands) => ({
      ...commands,
      execute(decider, request) {
        if (request.command.type !== 'MergeFact') return commands.execute(decider, request);
        const real = decider as unknown as AnyDecider;
        const silent: AnyDecider = {
          ...real,
          decide: (command, state, context) =>
            real.decide(command, state, context).filter(({ type }) => type !== 'ConflictFound'),
        };
        return commands.execute(silent as unknown as typeof decider, request);
      },
    }),
  },
  {
    name: 'heads-forgotten',
    standsFor: 'what the author of a change had seen is not stored with it',
    commands: (commands) => ({
      ...commands,
      execute(decider, request) {
        if (request.command.type !== 'MergeFact') return commands.execute(decider, request);
        const { command } = request;
        const data = { ...(command.data as object), heads: [] };
        return commands.execute(decider, { ...request, command: { ...command, data } });
      },
    }),
  },
  {
    name: 'pull-leaves-out-last',
    standsFor: 'the cursor moves past an event that the page does not hold',
    response(response, { url }) {
      const page = pulled(response, url);
      if (!page || page.items.length < 2) return response;
      return { ...response, body: JSON.stringify({ ...page, items: page.items.slice(0, -1) }) };
    },
  },
  {
    name: 'pull-unchained',
    standsFor: 'the checksum of a page does not continue that of the page before',
    response(response, { url }) {
      const page = pulled(response, url);
      if (!page) return response;
      return { ...response, body: JSON.stringify({ ...page, prevChecksum: '' }) };
    },
  },
  {
    name: 'pull-always-begins-again',
    standsFor: 'a server sends its devices back to the beginning for ever',
    response(response, { url }) {
      const page = pulled(response, url);
      if (!page) return response;
      const mustRefetch = { reason: 'generation', detail: '', resumeAt: page.cursor };
      return { ...response, body: JSON.stringify({ ...page, items: [], mustRefetch }) };
    },
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
