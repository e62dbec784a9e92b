import type { LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';

import type { Destinations } from './destinations.ts';

/** Finds the addresses of a host name. @throws when there are none. */
export type Resolve = (host: string) => Promise<readonly LookupAddress[]>;

/**
 * The look-up of one connection, which connects to exactly the addresses that were checked. One bad
 * address among several refuses the name: a name server could hide a private address that way.
 */
export function checkedLookup(
  resolve: Resolve,
  url: URL,
  destinations: Destinations,
): LookupFunction {
  const find = async (host: string, family: number) => {
    const found = await resolve(host);
    const all = found.filter(({ address }) => isIP(address) !== 0);
    const isReachable = all.every(({ address }) => destinations.isReachable(url, address));
    if (!isReachable) throw destinations.refusal(url);
    const fitting = all.filter((entry) => family === 0 || entry.family === family);
    const [first] = fitting;
    if (!first) throw Object.assign(new Error('no address'), { code: 'ENOTFOUND' });
    return { first, fitting };
  };
  return (host, options, callback) => {
    const family = options.family === 4 || options.family === 6 ? options.family : 0;
    find(host, family).then(
      ({ first, fitting }) => {
        if (options.all === true) callback(null, [...fitting]);
        else callback(null, first.address, first.family);
      },
      (error: unknown) => callback(error as NodeJS.ErrnoException, '', 0),
    );
  };
}
