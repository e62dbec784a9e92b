import { categoryOf } from '../../../src/domain/kernel/names.ts';
import { scopeOf } from '../../../src/projections/sync/pull/queries.ts';
import type { CreateChecker } from './checker.ts';

const TILL = scopeOf({ grants: [{ role: 'till' }] });

/**
 * A device has each event of its shop that its role may see, once and in the order of the log, when
 * all has come to rest.
 */
export const pullRules: CreateChecker = ({ servers, pullers }, fail) => ({
  atEnd() {
    for (const { name, shop, stored } of pullers.devices) {
      const expected = servers.recorded
        .filter(({ metadata, stream }) => {
          return metadata.storeId === shop && TILL.categories.includes(categoryOf(stream));
        })
        .map(({ id }) => id);
      const found = stored();
      const most = Math.max(found.length, expected.length);
      const place = Array.from({ length: most }).findIndex((_, i) => found[i] !== expected[i]);
      if (place < 0) continue;
      const wanted = expected[place] ?? 'no event';
      fail(
        'pull-complete',
        `${name} has ${found[place] ?? 'no event'} at ${place}, the log has ${wanted}`,
      );
    }
  },
});
