import { createMemoryLeases } from '../../../src/adapters/memory/leases.ts';
import { describeLeaseContract } from '../../contracts/lease/suite.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describeLeaseContract('in-process', async () => {
  const clock = createFakeClock();
  const leases = createMemoryLeases(clock);
  return {
    leases,
    elsewhere: leases,
    pass: async (ms) => {
      await clock.advance(ms);
    },
    destroy: () => Promise.resolve(),
  };
});
