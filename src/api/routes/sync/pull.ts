import { Type } from '@sinclair/typebox';

import { described, optional } from '../../../domain/kernel/schema.ts';
import { Hash } from '../../../domain/sync/index.ts';
import { PullPage } from '../../../projections/sync/pull/document.ts';
import {
  MAX_CURSOR_LENGTH,
  MAX_PULLED,
  pullPage,
  scopeOf,
} from '../../../projections/sync/pull/queries.ts';
import { maskEvents } from '../../personal-view.ts';
import { type Route, route } from '../../route.ts';

const Cursor = Type.String({
  minLength: 1,
  maxLength: MAX_CURSOR_LENGTH,
  description: 'The `cursor` of the page before. Absent: from the first event.',
});

const pull = route({
  method: 'get',
  path: '/sync/pull',
  operationId: 'pullEvents',
  summary: 'What has happened at the shop, after what a device has stored',
  description:
    'Whole entities, as the role of the caller may see them. Store the events and the cursor in one transaction. With `mustRefetch`, drop what was pulled before, never what was not sent yet, and begin at `resumeAt`.',
  tag: 'Sync',
  permission: 'facts:read',
  query: Type.Object({
    cursor: optional(Cursor),
    checksum: optional(
      described(Type.Union([Hash, Type.Literal('')]), 'What the device has computed so far.'),
    ),
    limit: optional(
      Type.Integer({ minimum: 1, maximum: MAX_PULLED, description: 'Most events of the page.' }),
    ),
  }),
  status: 200,
  response: PullPage,
  write: false,
  heavy: true,
  errors: ['cursor_invalid', 'cursor_of_other_shop'],
  async handle({ query, caller }, { log, digest, syncSecrets }) {
    const storeId = caller.shop.id;
    const secret = await syncSecrets.secretOf(storeId);
    const page = await pullPage(
      { log, digest, secret, mask: maskEvents },
      { storeId, scope: scopeOf(caller), ...query },
    );
    return { status: 200, body: page };
  },
});

export const pullRoutes: readonly Route[] = [pull];
