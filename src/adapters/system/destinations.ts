import { isIP } from 'node:net';

import { UpstreamError } from '../../domain/kernel/errors.ts';
import { OUTGOING_LIMITS } from '../../ports/http-client.ts';
import type { OutgoingAddresses } from './outgoing-addresses.ts';

/** The rules for where outgoing calls may go. */
export interface Destinations {
  /**
   * Checks all of a URL but the addresses of its name, which are checked when it is connected to.
   * @throws UpstreamError destination_not_allowed.
   */
  check(text: string): URL;
  /** Whether the host of the URL may be connected to at that address. */
  isReachable(url: URL, address: string): boolean;
  refusal(url: URL): UpstreamError;
}

export function createDestinations(addresses: OutgoingAddresses): Destinations {
  function isReachable(url: URL, address: string): boolean {
    if (addresses.isNamed(hostOf(url)) || addresses.isListed(address)) return true;
    return url.protocol === 'https:' && addresses.isPublic(address);
  }

  return {
    isReachable,
    refusal,
    check(text) {
      const isShort = text.length <= OUTGOING_LIMITS.urlCharacters;
      if (!isShort || !URL.canParse(text)) {
        throw notAllowed('expected an absolute URL of at most 2,048 characters');
      }
      const url = new URL(text);
      if (url.username !== '' || url.password !== '') {
        throw notAllowed(`expected a URL without credentials for ${url.host}`);
      }
      if (url.protocol !== 'https:' && url.protocol !== 'http:') {
        throw notAllowed('expected a URL of https://');
      }
      const host = hostOf(url);
      if (isIP(host) !== 0 && !isReachable(url, host)) throw refusal(url);
      return url;
    },
  };
}

function refusal({ origin, protocol }: URL): UpstreamError {
  return notAllowed(
    protocol === 'http:'
      ? `expected https, or a destination that is allowed by name, found ${origin}`
      : `expected a public destination, or one that is allowed by name, found ${origin}`,
  );
}

function notAllowed(message: string): UpstreamError {
  return new UpstreamError('destination_not_allowed', message);
}

/** The name or address without the brackets of IPv6. */
function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1');
}
