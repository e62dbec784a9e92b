import { createMemoryVault } from '../../../src/adapters/memory/vault.ts';
import { describeVaultContract } from '../../contracts/vault/suite.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

describeVaultContract('in-process', async () => {
  const clock = createFakeClock();
  const vault = createMemoryVault(clock);
  return {
    vault,
    elsewhere: vault,
    now: () => clock.now(),
    pass: async (ms) => {
      await clock.advance(ms);
    },
    destroy: () => Promise.resolve(),
  };
});
