import type { CancelSignal } from '../../../lib/cancellation.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { PullPage } from '../pull/document.ts';
import { type PullOptions, pullPage, type PullRequest } from '../pull/queries.ts';

/** How often a stream looks whether its server stops. */
const BEAT_MS = 1_000;
/** Beats without a page after which the caller gets a sign of life. */
const SIGN_OF_LIFE_BEATS = 15;
/** A stream ends after so long; the caller goes on with a new one, at any instance. */
const MAX_STREAM_MS = 3_600_000;

export interface LiveOptions extends PullOptions {
  readonly clock: Clock;
  /** Aborts when the caller is gone. */
  readonly signal: AbortSignal;
  /** False once the server stops. */
  readonly accepting: () => boolean;
}

/** Nothing has happened; the stream is alive. */
export const SIGN_OF_LIFE = 'alive';

/**
 * Pages as they come, each through the same rules as one that is asked for. The first one comes at
 * once, also when there is nothing new. Ends when the caller must begin again, is gone, or the
 * server stops.
 */
export async function* livePages(
  options: LiveOptions,
  request: PullRequest,
): AsyncGenerator<PullPage | typeof SIGN_OF_LIFE, undefined> {
  const { log, clock, signal, accepting } = options;
  const untilMs = clock.now() + MAX_STREAM_MS;
  const { categories } = request.scope;
  const ending = new AbortController();
  signal.addEventListener('abort', () => ending.abort(), { once: true });
  // What comes after this wakes the stream; what came before is in its first pages.
  const after = await log.head();
  const news = log.subscribe({ after, categories, signal: ending.signal, eventsOnly: true });
  const messages = news[Symbol.asyncIterator]();
  const isOpen = () => !signal.aborted && accepting() && clock.now() < untilMs;
  let { cursor, checksum } = request;
  let isFirst = true;
  let quietBeats = 0;
  try {
    let next = messages.next();
    while (isOpen()) {
      const page = await pullPage(options, { ...request, cursor, checksum });
      if (isFirst || page.items.length > 0 || page.mustRefetch) {
        yield page;
        quietBeats = 0;
      }
      if (page.mustRefetch) return undefined;
      [isFirst, cursor, checksum] = [false, page.cursor, page.checksum];
      let isNews = !page.upToDate;
      while (!isNews && isOpen()) {
        const message = await Promise.race([next, beat(clock, ending.signal)]);
        if (message) {
          if (message.done) return undefined;
          next = messages.next();
          isNews = true;
        } else if (++quietBeats % SIGN_OF_LIFE_BEATS === 0) yield SIGN_OF_LIFE;
      }
    }
    return undefined;
  } finally {
    ending.abort();
  }
}

const beat = (clock: Clock, signal: CancelSignal) =>
  clock.sleep(BEAT_MS, signal).then(() => undefined);
