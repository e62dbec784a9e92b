import { isIP } from 'node:net';

import ipaddr from 'ipaddr.js';

export type Address = ReturnType<typeof ipaddr.process>;
export type Network = ReturnType<typeof ipaddr.parseCIDR>;

/** IPv4 written as IPv6 is the IPv4 address, so that it cannot hide. */
export function parseAddress(text: string): Address | undefined {
  return isIP(text) === 0 ? undefined : ipaddr.process(text);
}

/** An address, or a network such as `10.1.0.0/16`; undefined for any other text. */
export function parseNetwork(entry: string): Network | undefined {
  const single = parseAddress(entry);
  if (single) return [single, single.kind() === 'ipv4' ? 32 : 128];
  const [address = '', bits = ''] = entry.split('/');
  if (isIP(address) === 0 || !/^\d{1,3}$/.test(bits)) return undefined;
  return ipaddr.isValidCIDR(entry) ? ipaddr.parseCIDR(entry) : undefined;
}

export function isInNetwork(address: Address, [network, bits]: Network): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}
