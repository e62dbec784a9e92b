import { UpstreamError } from '../../../src/domain/kernel/errors.ts';
import type { Vault } from '../../../src/ports/vault.ts';
import type { Conditions } from '../world/conditions.ts';
import type { Line } from './line.ts';

/** The vault as one life of a node has it: slow, and sometimes without an answer. */
export function createNodeVault({ world, faults }: Conditions, line: Line, server: Vault): Vault {
  const rnd = world.rnd('vault');

  const faulty = <T>(operation: () => Promise<T>): Promise<T> =>
    rnd.chance(faults.storeFails)
      ? Promise.reject(new UpstreamError('store_unavailable', 'the vault does not answer', {}))
      : operation();
  const lost = () => (rnd.chance(faults.storeAnswerLost) ? 'answer-lost' : 'ok');

  return {
    get: (key) => line.ask('vault get', () => faulty(() => server.get(key))),
    put: (...args) => line.call('vault put', () => faulty(() => server.put(...args)), lost()),
    remove: (key) => line.call('vault remove', () => faulty(() => server.remove(key)), lost()),
    list: (...args) => line.ask('vault list', () => faulty(() => server.list(...args))),
    ping: () => line.ask('vault ping', () => faulty(() => server.ping())),
    close: () => Promise.resolve(),
  };
}
