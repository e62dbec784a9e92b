import type { CreateChecker } from './checker.ts';

/** Rules of leases: a token names one holder, and those who come later have greater ones. */
export const leaseRules: CreateChecker = ({ servers }, fail) => {
  const newest = new Map<string, { holder: string; token: number }>();
  let seen = 0;

  return {
    onStep() {
      for (; seen < servers.grants.length; seen++) {
        const { name, holder, token } = servers.grants[seen] as (typeof servers.grants)[number];
        const before = newest.get(name);
        const same = token === before?.token && holder === before.holder;
        if (before && !same && token <= before.token) {
          const what = `${name} was granted to ${holder} with token ${token}`;
          fail('one-holder', `${what}, while ${before.holder} has ${before.token}`);
        }
        newest.set(name, { holder, token });
      }
    },
  };
};
