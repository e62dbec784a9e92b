import { Type } from '@sinclair/typebox';

import { greet } from '../../../commands/sync/hello.ts';
import { type PushedItem, pushFacts, pushUnnumbered } from '../../../commands/sync/push.ts';
import { DomainError } from '../../../domain/kernel/errors.ts';
import { formatInstant } from '../../../domain/kernel/instant.ts';
import { MAX_PUSH_FACTS } from '../../../domain/sync/index.ts';
import { omitUndefined } from '../../../lib/omit-undefined.ts';
import { RequestError } from '../../problem.ts';
import { type ApiRequest, type Route, route } from '../../route.ts';
import type { Services } from '../../services.ts';
import { findUnsafe } from '../../validation/unsafe.ts';
import {
  asRanges,
  HelloBody,
  HelloResponse,
  MAX_FACT_BYTES,
  MAX_PUSH_BYTES,
  PushBody,
  PushResponse,
} from './schemas.ts';
import { UnnumberedBody, unnumberedFact } from './unnumbered.ts';

const tag = 'Sync';
const permission = 'facts:push';
const MAX_FACT_DEPTH = 16;
const LIMITS = { factBytes: MAX_FACT_BYTES, pushFacts: MAX_PUSH_FACTS, pushBytes: MAX_PUSH_BYTES };

/** @throws DomainError forbidden for the token of another device. */
function intakeOf(
  request: ApiRequest<unknown, unknown, unknown>,
  services: Services,
  deviceId: string,
) {
  const { caller, correlationId, origin } = request;
  if (caller.deviceId !== undefined && caller.deviceId !== deviceId) {
    const message = `expected device ${caller.deviceId} of the token, found ${deviceId}`;
    throw new DomainError('forbidden', message, { permission });
  }
  const { commands, clock, calendar, ids, log, digest } = services;
  const { actor } = caller;
  const asked = { storeId: caller.shop.id, deviceId, actor, correlationId, origin };
  return { commands, clock, calendar, ids, log, digest, ...asked };
}

/** @throws DomainError push_too_large */
function assertSize(facts: readonly unknown[]): void {
  assertAtMost('pushFacts', facts.length);
  let sum = 0;
  for (const fact of facts) {
    const bytes = Buffer.byteLength(JSON.stringify(fact));
    assertAtMost('factBytes', bytes);
    sum += bytes;
  }
  assertAtMost('pushBytes', sum);
}

function assertAtMost(limit: keyof typeof LIMITS, found: number): void {
  const maximum = LIMITS[limit];
  if (found <= maximum) return;
  const message = `expected at most ${maximum} ${limit}, found ${found}`;
  throw new DomainError('push_too_large', message, { limit, maximum, found });
}

const unsafe = (item: unknown) =>
  findUnsafe(item, 'body', { maxDepth: MAX_FACT_DEPTH, maxFindings: 1 })[0]?.message;

function itemResponse(item: PushedItem) {
  if ('unreadable' in item) {
    const { unreadable, ...name } = item;
    return { ...name, status: 'rejected' as const, ...unreadable };
  }
  const { fact, judged } = item;
  const { status, code, detail, blockedBy, flags } = judged.verdict;
  return {
    id: fact.id,
    // A fact without a number has none here either.
    ...omitUndefined({ seq: fact.seq }),
    ...(judged.isRepeated ? { status: 'duplicate' as const, first: status } : { status }),
    ...omitUndefined({ code, detail, blockedBy }),
    ...(flags.length > 0 && { flags: [...flags] }),
  };
}

const isAccepted = (item: PushedItem) =>
  'judged' in item && item.judged.verdict.status === 'accepted';

const hello = route({
  method: 'post',
  path: '/sync/hello',
  operationId: 'greetServer',
  summary: 'First message of a device: get an epoch, and learn which facts the server has',
  description:
    'Without `epoch`, one begins: the device numbers its facts from 1 in it. With one, `missing` names the facts to send again.',
  tag,
  permission,
  body: HelloBody,
  status: 200,
  response: HelloResponse,
  write: false,
  example: { deviceId: 'till-1', requestId: 'b1f6c0de', reason: 'new' },
  async handle(request, services) {
    const { deviceId, epoch, requestId, reason = 'new', declared } = request.body;
    const intake = intakeOf(request, services, deviceId);
    if (epoch === undefined && requestId === undefined) {
      const message = 'expected an epoch, or a requestId to get one';
      throw new RequestError('invalid_request', message, [
        { in: 'body', path: '/requestId', message },
      ]);
    }
    const greeting =
      epoch === undefined
        ? { requestId: requestId ?? '', reason }
        : { epoch, ...omitUndefined({ declared }) };
    const greeted = await greet(intake, greeting);
    const { kept, missing } = greeted;
    const body = {
      deviceId,
      generation: greeted.generation,
      epoch: greeted.epoch,
      epochState: greeted.epochState,
      kept: { through: kept.through, ranges: asRanges(kept.ranges) },
      missing: asRanges(missing),
      serverTime: formatInstant(services.clock.now()),
      limits: LIMITS,
    };
    return { status: 200, body };
  },
});

const push = route({
  method: 'post',
  path: '/sync/push',
  operationId: 'pushFacts',
  summary: 'Send what happened at a device, and learn what became of each fact',
  description:
    'All facts are on disk before any is judged, and `kept` acknowledges them. A fact that cannot be read, is missing or is rejected holds up no other. Sending one again changes nothing: it is a `duplicate` with its first result.',
  tag,
  permission,
  body: Type.Union([PushBody, UnnumberedBody]),
  unsafeItems: true,
  status: 200,
  response: PushResponse,
  write: false,
  example: { deviceId: 'till-1', epoch: '0a1b2c3d', facts: [] },
  errors: ['push_too_large'],
  async handle(request, services) {
    const { body } = request;
    if ('events' in body) return pushedUnnumbered(request, services, body);
    const { deviceId, epoch, facts, declared } = body;
    const intake = intakeOf(request, services, deviceId);
    assertSize(facts);
    const pushed = await pushFacts({ ...intake, epoch, unsafe }, facts, declared);
    const { items, kept, epochState } = pushed;
    const response = {
      ...results(items),
      kept: { through: kept.through, ranges: asRanges(kept.ranges) },
      epochState,
      serverTime: formatInstant(services.clock.now()),
    };
    return { status: 200, body: response };
  },
});

function results(items: readonly PushedItem[]) {
  const accepted = items.flatMap((item) =>
    'fact' in item && isAccepted(item) ? [item.fact.id] : [],
  );
  return { accepted, items: items.map(itemResponse) };
}

/** @throws DomainError forbidden for another shop than that of the key. */
async function pushedUnnumbered(
  request: ApiRequest<unknown, unknown, unknown>,
  services: Services,
  { store_id: named, device_id: deviceId, events }: UnnumberedBody,
) {
  const storeId = request.caller.shop.id;
  if (named !== storeId) {
    throw new DomainError('forbidden', `expected store ${storeId} of the key`, { permission });
  }
  const intake = intakeOf(request, services, deviceId);
  assertSize(events);
  const dayAt = (atMs: number) => services.calendar.businessDay(storeId, atMs);
  const facts = events.map((event) => unnumberedFact(event, deviceId, dayAt));
  const items = await pushUnnumbered({ ...intake, unsafe }, facts);
  const serverTime = formatInstant(services.clock.now());
  return { status: 200, body: { ...results(items), serverTime } };
}

export const pushRoutes: readonly Route[] = [hello, push];
