import type { Clock } from '../../ports/clock.ts';
import type {
  ProviderClient,
  ProviderFailure,
  ProviderName,
  ProviderResult,
} from '../../ports/provider-client.ts';
import type { CallPriority, ProviderGuards } from '../../ports/provider-guard.ts';
import type { RateLimitResult } from '../../ports/rate-limit.ts';

/** A call waits that long for its turn under a limit; then it is to be tried later. */
const MAX_LIMIT_WAIT_MS = 30_000;

export interface GuardParts {
  readonly guards: ProviderGuards;
  readonly clock: Pick<Clock, 'now' | 'sleep'>;
  /** Takes a call from the limit of the provider; undefined: it has none. */
  readonly takeCall: (
    storeId: string,
    provider: ProviderName,
  ) => Promise<RateLimitResult> | undefined;
}

interface Whose {
  readonly storeId: string;
  readonly provider: ProviderName;
  readonly priority: CallPriority;
}

/** A client whose calls wait for their turn, and are held back while the provider fails. */
export function guardClient(
  client: ProviderClient,
  parts: GuardParts,
  whose: Whose,
): ProviderClient {
  const admit = () => admitted(parts, whose);
  const guarded = <T>(call: () => Promise<ProviderResult<T>>) =>
    parts.guards.run({ ...whose, admit }, call);
  /** What a call that was made found, also where it opened the breaker: it can have moved money. */
  const made = async <T>(call: () => Promise<ProviderResult<T>>) => {
    let found: ProviderResult<T> | undefined;
    const result = await guarded(async () => (found = await call()));
    return found ?? result;
  };
  const { checkouts, books, sales, payouts, payments } = client;
  return {
    testConnection: () => guarded(() => client.testConnection()),
    findTransaction: (id) => guarded(() => client.findTransaction(id)),
    listChanges: (sinceMs) => guarded(() => client.listChanges(sinceMs)),
    ...(checkouts && {
      checkouts: {
        find: (reference) => guarded(() => checkouts.find(reference)),
        create: (request) => guarded(() => checkouts.create(request)),
      },
    }),
    ...(books && {
      books: {
        find: (entity, number) => guarded(() => books.find(entity, number)),
        create: (entity, body, key) => guarded(() => books.create(entity, body, key)),
        list: (...of) => guarded(() => books.list(...of)),
        findAll: (...of) => guarded(() => books.findAll(...of)),
        get: (...of) => guarded(() => books.get(...of)),
        remove: (...of) => guarded(() => books.remove(...of)),
      },
    }),
    ...(sales && {
      sales: {
        locations: () => guarded(() => sales.locations()),
        list: (...of) => guarded(() => sales.list(...of)),
        get: (id) => guarded(() => sales.get(id)),
      },
    }),
    ...(payouts && {
      payouts: {
        list: (...of) => guarded(() => payouts.list(...of)),
        entries: (...of) => guarded(() => payouts.entries(...of)),
      },
    }),
    ...(payments && {
      payments: {
        charge: (request) => made(() => payments.charge(request)),
        lookup: (of) => guarded(() => payments.lookup(of)),
        refund: (request) => made(() => payments.refund(request)),
      },
    }),
  };
}

/** The limit is shared by all instances: a denied call waits for as long as it says. */
async function admitted(
  { clock, takeCall }: GuardParts,
  { storeId, provider }: Whose,
): Promise<ProviderFailure | undefined> {
  const untilMs = clock.now() + MAX_LIMIT_WAIT_MS;
  for (;;) {
    const taken = await takeCall(storeId, provider);
    if (!taken || taken.allowed) return undefined;
    const { retryAfterMs } = taken;
    if (clock.now() + retryAfterMs > untilMs) {
      return { kind: 'retry', code: 'rate_limited', afterMs: retryAfterMs };
    }
    await clock.sleep(Math.max(1, retryAfterMs));
  }
}
