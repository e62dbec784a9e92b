import ipaddr from 'ipaddr.js';

import {
  type Address,
  isInNetwork,
  type Network,
  parseAddress,
  parseNetwork,
} from '../shared/networks.ts';

/** Public by its number, but answered by the host of a virtual machine: metadata of Azure. */
const METADATA = new Set(['168.63.129.16']);
/** All IPv6 addresses that were assigned to the public Internet so far. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3');

/** Which destinations outgoing calls may reach. */
export interface OutgoingAddresses {
  /** Whether the operator named the host. It may then be anywhere, and may use plain http. */
  readonly isNamed: (host: string) => boolean;
  /** Whether the operator named the address or its network. */
  readonly isListed: (address: string) => boolean;
  /** Whether it is an address of the public Internet. */
  readonly isPublic: (address: string) => boolean;
}

/**
 * `allowed` are host names, addresses and networks such as `10.1.0.0/16`.
 * @throws Error naming an entry that is none of these.
 */
export function outgoingAddresses(allowed: readonly string[]): OutgoingAddresses {
  const hosts = new Set<string>();
  const networks: Network[] = [];
  for (const entry of allowed.map((text) => text.trim().toLowerCase()).filter(Boolean)) {
    const network = parseNetwork(entry);
    if (network) networks.push(network);
    else if (isHostName(entry)) hosts.add(entry);
    else throw new Error(`expected a host name, an address or a network, found ${entry}`);
  }
  return {
    isNamed: (host) => hosts.has(host.toLowerCase().replace(/\.$/, '')),
    isListed(text) {
      const address = parseAddress(text);
      return address !== undefined && networks.some((network) => isInNetwork(address, network));
    },
    isPublic(text) {
      const address = parseAddress(text);
      return address !== undefined && isPublicAddress(address);
    },
  };
}

/** Only what is known to be public passes: ranges of a later standard are not guessed. */
function isPublicAddress(address: Address): boolean {
  if (address.range() !== 'unicast' || METADATA.has(address.toString())) return false;
  return address.kind() === 'ipv4' || isInNetwork(address, GLOBAL_UNICAST);
}

function isHostName(text: string): boolean {
  const labels = text.split('.');
  const isLabel = (label: string) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?$/.test(label);
  // A last label of digits alone is an address with a mistake.
  return text.length <= 253 && labels.every(isLabel) && !/^\d+$/.test(labels.at(-1) ?? '');
}
