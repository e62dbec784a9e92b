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
  /** Whatever became of a call: its error is the one that the port promises. */
  const promised = <T>(call: Promise<T>): Promise<T> =>
    call.catch((cause: unknown) => {
      throw new UpstreamError('store_unavailable', `no answer of the vault: ${String(cause)}`);
    });
  const lost = () => (rnd.chance(faults.storeAnswerLost) ? 'answer-lost' : 'ok');

  return {
    get: (key) => promised(line.ask('vault get', () => faulty(() => server.get(key)))),
    put: (...args) =>
      promised(line.call('vault put', () => faulty(() => server.put(...args)), lost())),
    remove: (key) =>
      promised(line.call('vault remove', () => faulty(() => server.remove(key)), lost())),
    list: (...args) => promised(line.ask('vault list', () => faulty(() => server.list(...args)))),
    ping: () => promised(line.ask('vault ping', () => faulty(() => server.ping()))),
    close: () => Promise.resolve(),
  };
}
