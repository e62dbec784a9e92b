import { TillstreamError } from '../../domain/kernel/errors.ts';
import { createBoundedMap } from '../../lib/bounded-map.ts';
import type { LastUse, Used } from './last-use.ts';
import type { IdentityOptions } from './options.ts';

const MAX_CACHED = 10_000;
/** What was revoked works no longer than this. */
const RECHECK_MS = 1_000;

interface Checked<Holder> {
  readonly holder: Holder;
  /** The token is valid until then. */
  readonly untilMs: number;
}

/**
 * The holders of long-lived tokens: each is checked at most once a second, and its use noted.
 * @throws TillstreamError key_expired, and what `check` throws.
 */
export function createMachineTokens<Holder extends Used>(
  { clock, digest }: Pick<IdentityOptions, 'clock' | 'digest'>,
  lastUse: LastUse,
  check: (token: string, hash: string) => Promise<Checked<Holder>>,
): (token: string) => Holder | Promise<Holder> {
  const known = createBoundedMap<string, Checked<Holder> & { checkedMs: number }>(MAX_CACHED);

  function valid({ holder, untilMs }: Checked<Holder>): Holder {
    if (untilMs <= clock.now()) throw keyExpired();
    lastUse.touch(holder);
    return holder;
  }

  async function checkNow(token: string, hash: string): Promise<Holder> {
    const checkedMs = clock.now();
    const checked = await check(token, hash);
    known.set(hash, { ...checked, checkedMs });
    return valid(checked);
  }

  return (token) => {
    const hash = digest.sha256(token);
    const cached = known.get(hash);
    const age = cached ? clock.now() - cached.checkedMs : RECHECK_MS;
    if (cached && age >= 0 && age < RECHECK_MS) return valid(cached);
    known.delete(hash);
    return checkNow(token, hash);
  };
}

function keyExpired(): TillstreamError {
  return new TillstreamError('key_expired', 'the key has expired', { given: true });
}

export function unknownToken(): TillstreamError {
  return new TillstreamError('unauthenticated', 'the key or token is not one of this server', {
    given: true,
  });
}
