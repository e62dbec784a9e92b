import { Type } from '@sinclair/typebox';

import { decideNumbers } from '../../../commands/fiscal/decide-numbers.ts';
import { newestOfSeries, reserveRange, resumeSeries } from '../../../commands/fiscal/series.ts';
import { generationOf } from '../../../commands/restores/generation.ts';
import {
  type GrantedRange,
  isPaused,
  seriesDecider,
  SeriesId,
  type SeriesSettings,
  type SeriesState,
  seriesStream,
} from '../../../domain/fiscal/index.ts';
import { DomainError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { Id } from '../../../domain/kernel/schema.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { RequestError } from '../../problem.ts';
import { query } from '../../query.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import { sequenceOf } from '../../sequence-of.ts';
import {
  DecideBody,
  DecideResponse,
  MAX_DECIDED,
  OpenBody,
  RangeResponse,
  ReserveBody,
  ResumeBody,
  SeriesResponse,
  UnderscoredRangeResponse,
  UnderscoredReserveBody,
} from './schemas.ts';

export const tag = 'Fiscal numbers';

/** @throws NotFoundError fiscal_series_not_found */
export function assertSeries(seriesId: string, { settings }: SeriesState): SeriesSettings {
  if (settings) return settings;
  const message = `there is no series ${seriesId}`;
  throw new NotFoundError('fiscal_series_not_found', message);
}

/** @throws NotFoundError fiscal_series_not_found */
function seriesResponse(seriesId: string, state: SeriesState, generation: number) {
  const settings = assertSeries(seriesId, state);
  const { next, ranges } = state;
  const paused = isPaused(state, generation);
  return { seriesId, ...settings, next, ranges: [...ranges], paused };
}

const openSeries = route({
  method: 'post',
  path: '/fiscal/series',
  operationId: 'openFiscalSeries',
  summary: 'Open a series of fiscal numbers',
  description:
    'With `shared-ranges` all devices take ranges of it. Where the law chains documents, open one with `device` for each device.',
  tag,
  permission: 'fiscal:manage',
  body: OpenBody,
  status: 201,
  response: SeriesResponse,
  write: true,
  located: true,
  example: { seriesId: 'B-2026', prefix: 'B-' },
  errors: ['fiscal_series_exists'],
  async handle(request, { commands }) {
    const { seriesId, ...settings } = request.body;
    const generation = await generationOf(commands);
    const data = { ...settings, generation };
    const id = seriesStream(seriesId, 1);
    const result = await request.execute(seriesDecider, id, { type: 'OpenSeries', data });
    const { position } = result;
    const body = seriesResponse(seriesId, result.state, generation);
    return { status: 201, position, body, location: `/fiscal/series/${seriesId}` };
  },
});

const getSeries = query({
  path: '/fiscal/series/:seriesId',
  operationId: 'getFiscalSeries',
  summary: 'A series with its next number and the newest ranges of its devices',
  tag,
  permission: 'fiscal:read',
  params: Type.Object({ seriesId: SeriesId }),
  response: SeriesResponse,
  errors: ['fiscal_series_not_found'],
  waits: false,
  async read({ params: { seriesId }, caller }, services) {
    const { state } = await newestOfSeries(services, caller.shop.id, seriesId);
    return seriesResponse(seriesId, state, await generationOf(services.commands));
  },
});

const resume = route({
  method: 'post',
  path: '/fiscal/series/:seriesId/resume',
  operationId: 'resumeFiscalSeries',
  summary: 'Give out numbers again after a restore of the log',
  description:
    'Send it when each device has connected, or will never. It leaves out all numbers up to the highest that is known, and some more. `heldThrough` is the highest number on any paper.',
  tag,
  permission: 'fiscal:manage',
  params: Type.Object({ seriesId: Id }),
  body: ResumeBody,
  status: 200,
  response: SeriesResponse,
  write: true,
  example: { heldThrough: 1_240, reason: 'All three tills have connected' },
  errors: ['fiscal_series_not_found'],
  async handle(request, services) {
    const { seriesId } = request.params;
    const data = { ...omitUndefined(request.body), resumedBy: request.caller.actor.id };
    const result = await resumeSeries(
      sequenceOf(request, services),
      seriesId,
      data,
      (decider, id, command) => request.execute(decider, id, command),
    );
    const generation = await generationOf(services.commands);
    return {
      status: 200,
      position: result.position,
      body: seriesResponse(seriesId, result.state, generation),
    };
  },
});

/** @throws DomainError forbidden for the token of another device. */
function assertOwn({ caller }: ApiRequest<unknown, unknown, unknown>, deviceId: string): void {
  if (caller.deviceId === undefined || caller.deviceId === deviceId) return;
  const message = `expected device ${caller.deviceId} of the token, found ${deviceId}`;
  throw new DomainError('forbidden', message, { permission: 'fiscal:reserve' });
}

const rangeResponse = (seriesId: string, range: GrantedRange, prefix: string | undefined) => ({
  ...{ seriesId, deviceId: range.deviceId, ...omitUndefined({ prefix }) },
  ...{ rangeStart: range.from, rangeEnd: range.to },
  ...{ grantedAt: range.grantedAt, expiresAt: range.expiresAt },
});

const underscored = (seriesId: string, range: GrantedRange) => ({
  ...{ series_id: seriesId, device_id: range.deviceId },
  ...{ range_start: range.from, range_end: range.to, expires_at: range.expiresAt },
});

const reserve = route({
  method: 'post',
  path: '/fiscal/reserve-range',
  operationId: 'reserveFiscalRange',
  summary: 'Give a device a range of numbers that no other device ever gets',
  description:
    'A repeat with the same key gets the same range. With `holdsThrough`, a device whose response was lost gets the range that it lacks, also with a new key. A device that sends another `epoch` has begun again: its ranges of before are unaccounted for until a manager decides.',
  tag,
  permission: 'fiscal:reserve',
  body: Type.Union([ReserveBody, UnderscoredReserveBody]),
  status: 201,
  response: Type.Union([RangeResponse, UnderscoredRangeResponse]),
  write: true,
  example: { seriesId: 'B-2026', deviceId: 'till-1' },
  errors: [
    ...(['fiscal_series_not_found', 'fiscal_series_exhausted'] as const),
    ...(['fiscal_series_of_other_device', 'fiscal_series_paused'] as const),
  ],
  async handle(request, services) {
    const { body } = request;
    const isUnderscored = 'series_id' in body;
    const { seriesId, ...data } = isUnderscored
      ? { seriesId: body.series_id, deviceId: body.device_id, quantity: body.quantity }
      : body;
    assertOwn(request, data.deviceId);
    const sequence = sequenceOf(request, services);
    const { range, result } = await reserveRange(
      sequence,
      seriesId,
      omitUndefined(data),
      (decider, id, command) => request.execute(decider, id, command),
    );
    const prefix = result.state.settings?.prefix;
    return {
      status: 201,
      position: result.position,
      body: isUnderscored ? underscored(seriesId, range) : rangeResponse(seriesId, range, prefix),
    };
  },
});

const decide = route({
  method: 'post',
  path: '/fiscal/numbers/decide',
  operationId: 'decideFiscalNumbers',
  summary: 'Say what became of numbers that no device accounts for',
  description:
    'Numbers that are issued, voided or decided stay as they are. A document that comes later corrects the decision.',
  tag,
  permission: 'fiscal:manage',
  body: DecideBody,
  status: 200,
  response: DecideResponse,
  write: true,
  example: {
    seriesId: 'B-2026',
    from: 900,
    to: 949,
    fate: 'lost',
    reason: 'The tablet was stolen',
  },
  errors: ['fiscal_number_in_use'],
  async handle(request, services) {
    const { seriesId, from, to, fate, reason } = request.body;
    if (to < from || to - from >= MAX_DECIDED) {
      const message = `expected to from ${from} to ${from + MAX_DECIDED - 1}, found ${to}`;
      throw new RequestError('invalid_request', message, [{ in: 'body', path: '/to', message }]);
    }
    const decidedBy = request.caller.actor.id;
    const decision = { seriesId, from, to, fate, reason, decidedBy };
    await decideNumbers(sequenceOf(request, services), decision);
    return { status: 200, body: { seriesId, from, to, fate, decidedBy } };
  },
});

export const fiscalRoutes: readonly Route[] = [openSeries, getSeries, resume, reserve, decide];
