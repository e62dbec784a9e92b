import { type Static, Type } from '@sinclair/typebox';

import { described, optional } from '../../../domain/kernel/schema.ts';
import { Hash } from '../../../domain/sync/index.ts';
import { livePages, SIGN_OF_LIFE } from '../../../projections/sync/live/queries.ts';
import { PullPage } from '../../../projections/sync/pull/document.ts';
import {
  MAX_CURSOR_LENGTH,
  MAX_PULLED,
  pullPage,
  scopeOf,
} from '../../../projections/sync/pull/queries.ts';
import type { SentEvent } from '../../http/send-events.ts';
import { maskEvents } from '../../personal-view.ts';
import { answered } from '../../pipeline/reads.ts';
import { RequestError } from '../../problem.ts';
import { type ApiRequest, type LiveStream, type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';

const Cursor = Type.String({
  minLength: 1,
  maxLength: MAX_CURSOR_LENGTH,
  description: 'The `cursor` of the page before. Absent: from the first event.',
});

const PullQuery = Type.Object({
  cursor: optional(Cursor),
  checksum: optional(
    described(Type.Union([Hash, Type.Literal('')]), 'What the device has computed so far.'),
  ),
  limit: optional(
    Type.Integer({ minimum: 1, maximum: MAX_PULLED, description: 'Most events of the page.' }),
  ),
});

/** Streams of one shop at one instance: each holds a connection. */
const MAX_STREAMS_PER_SHOP = 200;
const streams = new WeakMap<object, Map<string, number>>();

/** @throws RequestError overloaded */
function enterStream(log: object, storeId: string): () => void {
  const ofShops = streams.get(log) ?? new Map<string, number>();
  streams.set(log, ofShops);
  const open = ofShops.get(storeId) ?? 0;
  if (open >= MAX_STREAMS_PER_SHOP) {
    throw new RequestError('overloaded', `expected at most ${MAX_STREAMS_PER_SHOP} streams`);
  }
  ofShops.set(storeId, open + 1);
  return () => ofShops.set(storeId, (ofShops.get(storeId) ?? 1) - 1);
}

/** @throws UpstreamError store_unavailable when the log cannot be read. */
const nextOf = <T>(pages: AsyncGenerator<T, undefined>) => answered(() => pages.next());

/** The pages as they come. A page that does not follow what the caller has is not for it. */
async function* liveEvents(
  { query, caller }: ApiRequest<unknown, Static<typeof PullQuery>, unknown>,
  { log, digest, syncSecrets, clock, server }: Services,
  { signal, lastEventId }: LiveStream,
): AsyncGenerator<SentEvent, undefined> {
  const storeId = caller.shop.id;
  const leave = enterStream(log, storeId);
  try {
    const secret = await syncSecrets.secretOf(storeId);
    const options = {
      log,
      digest,
      secret,
      mask: maskEvents,
      clock,
      signal,
      accepting: server.ready,
    };
    const begun = lastEventId === undefined ? query : { ...query, cursor: lastEventId };
    const pages = livePages(options, { storeId, scope: scopeOf(caller), ...begun });
    try {
      for (let next = await nextOf(pages); !next.done; next = await nextOf(pages)) {
        const page = next.value;
        if (page === SIGN_OF_LIFE) yield { comment: SIGN_OF_LIFE };
        else yield { id: page.cursor, event: 'page', data: page };
      }
    } finally {
      await pages.return(undefined);
    }
  } finally {
    leave();
  }
  return undefined;
}

const pull = route({
  method: 'get',
  path: '/sync/pull',
  operationId: 'pullEvents',
  summary: 'What has happened at the shop, after what a device has stored',
  description:
    'Whole entities, as the role of the caller may see them. Store the events and the cursor in one transaction. With `mustRefetch`, drop what was pulled before, never what was not sent yet, and begin at `resumeAt`. With `Accept: text/event-stream`, the pages come as they happen, one an event named `page`.',
  tag: 'Sync',
  permission: 'facts:read',
  query: PullQuery,
  status: 200,
  response: PullPage,
  write: false,
  heavy: true,
  errors: ['cursor_invalid', 'cursor_of_other_shop'],
  live: liveEvents,
  async handle({ query, caller }, { log, digest, syncSecrets }) {
    const storeId = caller.shop.id;
    const secret = await syncSecrets.secretOf(storeId);
    const page = await answered(() =>
      pullPage(
        { log, digest, secret, mask: maskEvents },
        { storeId, scope: scopeOf(caller), ...query },
      ),
    );
    return { status: 200, body: page };
  },
});

export const pullRoutes: readonly Route[] = [pull];
