import { type Static, Type } from '@sinclair/typebox';

import type { Services } from '../services.ts';
import { pingOf } from './checks.ts';

/** Shops whose tokens one report counts. */
const MAX_SHOPS = 1_000;
/** Shops that are counted at once. */
const PARALLEL = 8;

export const TokensBlock = Type.Object(
  {
    healthy: Type.Boolean({ description: 'The vault with the tokens responds in time.' }),
    totalTokens: Type.Integer({
      minimum: 0,
      description: 'Tokens of connections with providers, of all shops that were counted.',
    }),
    countedShops: Type.Integer({ minimum: 0, description: `At most ${MAX_SHOPS}.` }),
    redisConnected: Type.Optional(
      Type.Boolean({ description: 'Present when instances share a cache.' }),
    ),
    error: Type.Optional(Type.String()),
  },
  { description: 'Tokens of connections with providers. They stand in the vault alone.' },
);

type Counting = Pick<Services, 'shops' | 'credentials' | 'clock' | 'server'>;

/** Counts until the time of a ping is over: of a vault that is slower, what it has until then. */
export async function tokensOf(services: Counting): Promise<Static<typeof TokensBlock>> {
  const { shops, credentials } = services;
  const ids = shops()
    .slice(0, MAX_SHOPS)
    .map(({ id }) => id);
  let [totalTokens, countedShops, isOver] = [0, 0, false];
  const count = async () => {
    for (let id = ids.pop(); id !== undefined && !isOver; id = ids.pop()) {
      const found = await credentials.list(id);
      totalTokens += found.length;
      countedShops += 1;
    }
  };
  const all = () => Promise.all(Array.from({ length: PARALLEL }, count)).then(() => undefined);
  const { ok, reason } = await pingOf(services, 'vault', all);
  isOver = true;
  return { healthy: ok, totalTokens, countedShops, ...(!ok && { error: reason }) };
}
