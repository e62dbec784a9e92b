import fc from 'fast-check';

import { outgoingAddresses } from '../../../src/adapters/system/outgoing-addresses.ts';

const none = outgoingAddresses([]);

describe('Addresses of outgoing calls', () => {
  it.each(['8.8.8.8', '1.1.1.1', '172.15.255.255', '172.32.0.0', '2606:4700::1', '2a00::1'])(
    'takes %s for public',
    (address) => {
      expect(none.isPublic(address)).toBe(true);
    },
  );

  it.each([
    ['loopback', '127.0.0.1', '127.255.255.254', '::1'],
    ['this host', '0.0.0.0', '0.1.2.3', '::'],
    ['private', '10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
    ['shared by a carrier', '100.64.0.1', '100.100.100.200'],
    ['link-local', '169.254.169.254', 'fe80::1'],
    ['unique local', 'fc00::1', 'fd00:ec2::254'],
    ['formerly site-local', 'fec0::1'],
    ['multicast', '224.0.0.1', '239.255.255.255', 'ff02::1'],
    ['reserved', '240.0.0.1', '255.255.255.255', '192.0.0.1', '198.18.0.1', '192.88.99.1'],
    ['for documentation', '192.0.2.1', '203.0.113.9', '2001:db8::1', '3fff::1'],
    ['IPv4 inside IPv6', '::ffff:127.0.0.1', '::ffff:a00:1', '::127.0.0.1', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::7f00:1', '64:ff9b::169.254.169.254', '64:ff9b:1::a00:1'],
    ['a tunnel', '2002:7f00:1::', '2001::1'],
    ['not assigned', '4000::1', '8000::1', 'e000::1', '100::1'],
    ['metadata of a cloud', '168.63.129.16', '::ffff:168.63.129.16'],
    ['no address', 'localhost', '', '127.1', '0x7f000001', 'fe80::1%eth0', '1.2.3.4.5'],
  ])('takes no address for public that is %s', (_, ...addresses) => {
    expect(addresses.filter((address) => none.isPublic(address))).toEqual([]);
  });

  it('judges an IPv4 address alike in each way to write it as IPv6', () => {
    const octet = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(octet, octet, octet, octet, (a, b, c, d) => {
        const plain = `${a}.${b}.${c}.${d}`;
        const hex = (high: number, low: number) => (high * 256 + low).toString(16);

        for (const mapped of [`::ffff:${plain}`, `::ffff:${hex(a, b)}:${hex(c, d)}`]) {
          expect(none.isPublic(mapped)).toBe(none.isPublic(plain));
        }
        expect(none.isPublic(`64:ff9b::${plain}`)).toBe(false);
      }),
    );
  });

  it('lists networks, addresses and hosts that an operator allows', () => {
    const allowed = outgoingAddresses([' 10.1.0.0/16', 'fd00::/8', '127.0.0.1', 'Mail.internal ']);

    expect(['10.1.255.1', '::ffff:10.1.0.1', 'fd12::1', '127.0.0.1'].map(allowed.isListed)).toEqual(
      [true, true, true, true],
    );
    expect(['10.2.0.1', '127.0.0.2', 'fe80::1', 'x'].map(allowed.isListed)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(
      ['mail.internal', 'MAIL.INTERNAL.', 'internal', 'x.mail.internal'].map(allowed.isNamed),
    ).toEqual([true, true, false, false]);
  });

  it.each([
    '10.0.0.0/33',
    '10.0.0',
    'https://x.test',
    'a b',
    '*.x.test',
    '-x.test',
    '::1/129',
    'x..y',
  ])('refuses the entry %s', (entry) => {
    expect(() => outgoingAddresses([entry])).toThrow(`found ${entry}`);
  });
});
