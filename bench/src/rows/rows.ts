import { appendRow } from './append.ts';
import { receiptsRow, reconcileRow } from './books.ts';
import { catalogueSearchRow } from './catalogue-search.ts';
import { coldStartRow } from './cold-start.ts';
import { healOneRow } from './heal-one.ts';
import { httpOpenRow } from './http-open.ts';
import { httpOrdersJwtRow } from './http-orders-jwt.ts';
import { httpOrdersRow } from './http-orders.ts';
import { loginRow } from './login.ts';
import { inventoryRaceRow } from './inventory-race.ts';
import { mergeRow } from './merge.ts';
import { metricsScrapeRow } from './metrics-scrape.ts';
import { rebuildAllRow } from './rebuild-all.ts';
import { rebuildLiveRow } from './rebuild-live.ts';
import { replayRow } from './replay.ts';
import type { RowDefinition } from './row.ts';
import { sagaRow } from './saga.ts';
import { serversAppendRow } from './servers-append.ts';
import { serversHttpRow } from './servers-http.ts';
import { serversReplayRow } from './servers-replay.ts';
import { syncPullRow } from './sync-pull.ts';
import { verifyRow } from './verify.ts';

const REPLAY_TARGET = '>= 60 % of floor, >= 8x peer';

/** Every row there is, in the order of the table. */
export const ROWS: readonly RowDefinition[] = [
  appendRow(1, '>= 80 % of floor'),
  appendRow(64, '>= 55 % of floor, >= 5x peer'),
  replayRow({ name: 'replay-200k', events: 200_000, rounds: 3, target: REPLAY_TARGET }),
  replayRow({ name: 'replay-1m', events: 1_000_000, rounds: 1, target: REPLAY_TARGET }),
  replayRow({
    name: 'replay-5m',
    events: 5_000_000,
    rounds: 1,
    target: `${REPLAY_TARGET}, perEventUs <= 1.2x that of 1m, < 400 MB`,
  }),
  verifyRow({ name: 'verify', events: 1_000_000, rounds: 1 }),
  verifyRow({ name: 'verify-5m', events: 5_000_000, rounds: 1 }),
  healOneRow,
  rebuildLiveRow,
  rebuildAllRow,
  httpOrdersRow,
  httpOrdersJwtRow,
  httpOpenRow,
  sagaRow,
  inventoryRaceRow,
  loginRow,
  mergeRow,
  syncPullRow,
  metricsScrapeRow,
  catalogueSearchRow,
  receiptsRow,
  reconcileRow,
  coldStartRow,
  serversAppendRow,
  serversReplayRow,
  serversHttpRow,
];
