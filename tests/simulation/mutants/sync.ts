import type { Mutant } from './mutant.ts';

interface PushResult {
  readonly kept: { readonly through: number };
  readonly items: readonly { readonly seq?: number }[];
}

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
    name: 'facts-judged-by-request-only',
    standsFor: 'what a request did not judge, or what waited, is never looked at again',
    features: (features) =>
      features.map((feature) => ({
        ...feature,
        processes: feature.processes.filter(({ name }) => name !== 'fact-judging'),
      })),
  },
];
