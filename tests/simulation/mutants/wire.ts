import type { SimResponse } from '../nodes/api.ts';
import type { World } from '../world/world.ts';
import type { Mutant } from './mutant.ts';

const answers = new WeakMap<World, Map<string, SimResponse>>();

/** Bugs between a request and its answer. */
export const wireMutants: readonly Mutant[] = [
  {
    name: 'key-per-attempt',
    standsFor: 'a client draws a new key each time that it tries',
    request: (request, attempt) => {
      const key = request.headers['idempotency-key'];
      if (key === undefined) return request;
      return {
        ...request,
        headers: { ...request.headers, 'idempotency-key': `${key}-${attempt}` },
      };
    },
  },
  {
    name: 'read-your-write-ignored',
    standsFor: 'a query does not wait for the position that it was given',
    request: (request) => {
      const { 'tillstream-position': _, ...headers } = request.headers;
      return { ...request, headers };
    },
  },
  {
    name: 'shop-dropped-from-cache-key',
    standsFor: 'answers are kept by their address, whoever asks',
    response: (response, { method, url }, world) => {
      if (method !== 'GET') return response;
      const kept = answers.get(world) ?? new Map<string, SimResponse>();
      answers.set(world, kept);
      const found = kept.get(url) ?? response;
      kept.set(url, found);
      return found;
    },
  },
  {
    name: 'body-not-compared',
    standsFor: 'a key that was used before answers for any body',
    response: (response) => {
      const { status, headers, body } = response;
      if (status !== 422 || !body.includes('"idempotency_key_reused"')) return response;
      return { status: 201, headers, body: '{}' };
    },
  },
];
