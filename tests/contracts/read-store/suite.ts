import type { ReadStore } from '../../../src/ports/read-store.ts';
import { describeCheckpoints } from './checkpoints.ts';
import { describeCollections } from './collections.ts';
import { describeCommits } from './commits.ts';
import { describeContent } from './content.ts';
import { describeProductSearch } from './product-search.ts';
import { describeQueries } from './queries.ts';
import { describeRecords } from './records.ts';
import { describeReopening } from './reopening.ts';

export interface OpenedStore {
  readonly store: ReadStore;
  /** False where a commit that is overtaken may leave documents. */
  readonly atomic?: false;
  /** Closes it and opens the same store again; absent where nothing outlives a close. */
  readonly reopen?: () => Promise<ReadStore>;
  /** Takes an index away behind the store's back, and says whether there is one of that name. */
  readonly loseIndex?: (collection: string, index: string) => Promise<void>;
  readonly hasIndex?: (collection: string, index: string) => Promise<boolean>;
  /** Closes whatever is open and removes what was stored. */
  readonly destroy: () => Promise<void>;
}

export type ReadStoreFactory = () => Promise<OpenedStore>;

/** What the themes of the suite share: one fresh, empty store per test. */
export interface Contract {
  readonly store: () => ReadStore;
  readonly opened: () => OpenedStore;
}

/** What every read store must do. */
export function describeReadStoreContract(name: string, factory: ReadStoreFactory): void {
  describe(`the ${name} read store`, () => {
    let opened: OpenedStore;
    beforeEach(async () => {
      opened = await factory();
    });
    afterEach(() => opened.destroy());

    const contract: Contract = { store: () => opened.store, opened: () => opened };
    describeCommits(contract);
    describeQueries(contract);
    describeProductSearch(contract);
    describeCollections(contract);
    describeCheckpoints(contract);
    describeRecords(contract);
    describeContent(contract);
    describeReopening(contract);

    it('answers a ping', async () => {
      await expect(opened.store.ping()).resolves.toBeUndefined();
    });

    it('can be closed twice', async () => {
      await opened.store.close();
      await expect(opened.store.close()).resolves.toBeUndefined();
    });
  });
}
