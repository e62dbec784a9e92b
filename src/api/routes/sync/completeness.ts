import { Type } from '@sinclair/typebox';

import { completenessOf } from '../../../commands/sync/completeness.ts';
import { keptFacts } from '../../../commands/sync/kept-facts.ts';
import { formatInstant } from '../../../domain/kernel/instant.ts';
import { described, Instant, oneOf, optional } from '../../../domain/kernel/schema.ts';
import { Epoch } from '../../../domain/sync/facts/events.ts';
import { Declared, MAX_PUSH_FACTS, MAX_SEQ, SyncDeviceId } from '../../../domain/sync/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { query } from '../../query.ts';
import { orNotFound } from '../../responses.ts';
import type { Route } from '../../route.ts';
import { Acknowledged, asRanges, EPOCH_STATES, Ranges } from './schemas.ts';

const EpochResponse = Type.Object({
  epoch: Epoch,
  state: oneOf(EPOCH_STATES, '`ended`: the device has begun another one.'),
  declared: optional(Declared),
  declaredAt: optional(described(Instant, 'When the device said so, by the clock of the server.')),
  kept: Acknowledged,
  missing: Ranges,
  words: Type.String({ description: 'The same for people, such as `88-91 missing`.' }),
});

const Response = Type.Object(
  {
    deviceId: SyncDeviceId,
    askedAt: Instant,
    epochs: Type.Array(EpochResponse, {
      description: 'The lives of the device, the newest first. None: it does not number its facts.',
    }),
  },
  { $id: 'DeviceCompleteness' },
);

export const completenessRoutes: readonly Route[] = [
  query({
    path: '/sync/devices/:deviceId/completeness',
    operationId: 'readCompleteness',
    summary: 'Which facts of a device are here, and which it has beside them',
    description:
      'A statement about what the device declared, with the time at which it did: facts that it made later may lie unsent.',
    tag: 'Sync',
    permission: 'facts:read',
    params: Type.Object({ deviceId: SyncDeviceId }),
    response: Response,
    errors: ['device_not_found'],
    waits: false,
    async read({ params: { deviceId }, caller }, services) {
      const askedAt = formatInstant(services.clock.now());
      const asked = { storeId: caller.shop.id, deviceId, now: askedAt };
      const found = await completenessOf(services, asked);
      const epochs = orNotFound(found, 'device_not_found', `device ${deviceId}`);
      return {
        ...{ deviceId, askedAt },
        epochs: epochs.map(({ declared, kept, missing, ...epoch }) => {
          const { declaredAt, ...said } = declared ?? {};
          return {
            ...epoch,
            ...omitUndefined({ declaredAt }),
            ...(declared && { declared: said as Declared }),
            kept: { through: kept.through, ranges: asRanges(kept.ranges) },
            missing: asRanges(missing),
          };
        }),
      };
    },
  }),
  query({
    path: '/sync/devices/:deviceId/facts',
    operationId: 'exportFacts',
    summary: 'The facts of a device as it wrote them, in the order of their numbers',
    description:
      'With their hashes, so that another program can check that none was changed or left out. All of one epoch; `next` is the `after` of the next page.',
    tag: 'Sync',
    permission: 'facts:read',
    params: Type.Object({ deviceId: SyncDeviceId }),
    query: Type.Object({
      epoch: optional(described(Epoch, 'Absent: the newest one.')),
      after: optional(Type.Integer({ minimum: 0, maximum: MAX_SEQ, description: 'A number.' })),
      limit: optional(
        Type.Integer({ minimum: 1, maximum: MAX_PUSH_FACTS, description: 'Most facts.' }),
      ),
    }),
    response: Type.Object(
      {
        deviceId: SyncDeviceId,
        epoch: optional(Epoch),
        items: Type.Array(Type.Record(Type.String(), Type.Unknown()), {
          description: 'Facts, word for word.',
        }),
        next: optional(Type.Integer({ description: 'Absent: there are no more.' })),
      },
      { $id: 'ExportedFacts' },
    ),
    errors: ['device_not_found'],
    waits: false,
    async read({ params: { deviceId }, query: asked, caller }, services) {
      const { commands, log, clock } = services;
      const storeId = caller.shop.id;
      const now = formatInstant(clock.now());
      const known = await completenessOf(services, { storeId, deviceId, now });
      orNotFound(known, 'device_not_found', `device ${deviceId}`);
      const { after = 0, limit = MAX_PUSH_FACTS, epoch } = asked;
      const place = { commands, log, storeId, deviceId };
      const { facts, ...page } = await keptFacts(place, { epoch, after, limit });
      return { deviceId, ...page, items: [...facts] };
    },
  }),
];
