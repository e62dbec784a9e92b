import { Type } from '@sinclair/typebox';

import {
  deviceCommands,
  deviceDecider,
  type DeviceState,
  type RecordedDeviceEvent,
} from '../../../domain/identity/index.ts';
import { BranchId } from '../../../domain/identity/users/events.ts';
import { DomainError, InvariantError, NotFoundError } from '../../../domain/kernel/errors.ts';
import { isPermitted } from '../../../domain/kernel/permissions.ts';
import { described, Id, Instant, oneOf, optional, strict } from '../../../domain/kernel/schema.ts';
import type { CommandResult } from '../../../engine/commands/command-engine.ts';
import { type Device, DeviceSchema } from '../../../projections/identity/devices/document.ts';
import { findDevice, listDevices } from '../../../projections/identity/devices/queries.ts';
import { query } from '../../query.ts';
import { orNotFound, pageResponse, writeResult, writtenAt } from '../../responses.ts';
import { type Caller, type Route, route } from '../../route.ts';
import { pageOf, pageQuery, written } from '../../schemas.ts';
import type { Services } from '../../services.ts';
import { userBody } from './responses.ts';
import { Pin, UserBody } from './schemas.ts';
import { signInRequest } from './user-command.ts';

const tag = 'Devices';
const permission = 'devices:manage';
const params = Type.Object({ deviceId: Id });

const { deviceId, status, name, branchId } = DeviceSchema.properties;
const DeviceBody = { deviceId, status, name, branchId };
const DeviceResponse = Type.Object({ ...DeviceBody, ...written });
const ListedDevice = Type.Object({
  ...DeviceSchema.properties,
  lastSeenAt: optional(described(Instant, 'The last request, to the minute; absent: none yet.')),
});

function deviceResponse(result: CommandResult<DeviceState, RecordedDeviceEvent>) {
  if (result.state.status === 'none') throw new InvariantError('a device after its command');
  const { pins: _, ...device } = result.state;
  return { ...device, ...writtenAt(result) };
}

/**
 * A manager of one branch registers and revokes devices of that branch only.
 * @throws DomainError forbidden.
 */
function assertOwnBranch({ grants }: Caller, branch: string): void {
  if (isPermitted(grants, permission, branch)) return;
  const message = `expected the permission ${permission} in ${branch}`;
  throw new DomainError('forbidden', message, { permission });
}

async function withLastSeen(device: Device, caller: Caller, { identity }: Services) {
  const used = { storeId: caller.shop.id, id: device.deviceId };
  const lastSeenAt = await identity.lastUse.find(used);
  return { ...device, ...(lastSeenAt !== undefined && { lastSeenAt }) };
}

export const deviceRoutes: readonly Route[] = [
  route({
    method: 'post',
    path: '/devices',
    operationId: 'registerDevice',
    summary: 'Register a device of a branch',
    description:
      'The token is shown only in this response: enter it in the device. It has the role `device` in its branch.',
    tag,
    permission,
    body: deviceCommands.schemas.RegisterDevice,
    status: 201,
    response: Type.Object({
      ...DeviceBody,
      ...written,
      token: Type.String({ description: 'For `Authorization: Bearer`. Shown only now.' }),
    }),
    write: true,
    revisioned: true,
    located: true,
    sensitive: true,
    example: { name: 'bar till', branchId: 'center' },
    async handle(request, { identity }) {
      const { body, caller, commandId } = request;
      assertOwnBranch(caller, body.branchId);
      const storeId = caller.shop.id;
      const id = request.newEntityId();
      const command = { type: 'RegisterDevice', data: body } as const;
      const result = await request.execute(deviceDecider, id, command);
      const token = await identity.devices.tokenOf(storeId, id, commandId);
      await identity.devices.store(storeId, id, token);
      const response = { ...deviceResponse(result), token };
      return { ...writeResult(201, result), location: `/devices/${id}`, body: response };
    },
  }),
  query({
    path: '/devices',
    operationId: 'listDevices',
    summary: 'Devices, the oldest first',
    tag,
    permission,
    query: Type.Object({ branchId: optional(BranchId), ...pageQuery }),
    response: pageOf(ListedDevice),
    async read({ query: { limit, cursor, ...filter }, reads, caller }, services) {
      const found = await listDevices(reads, filter, { limit, cursor });
      const items = found.items.map((device) => withLastSeen(device, caller, services));
      return pageResponse({ ...found, items: await Promise.all(items) });
    },
  }),
  query({
    path: '/devices/:deviceId',
    operationId: 'getDevice',
    summary: 'A device, and when it was seen last',
    tag,
    permission,
    params,
    response: ListedDevice,
    errors: ['device_not_found'],
    revision: ({ revision }) => revision,
    async read({ params: { deviceId: id }, reads, caller }, services) {
      const found = await findDevice(reads, caller.shop.id, id);
      return withLastSeen(orNotFound(found, 'device_not_found', 'such device'), caller, services);
    },
  }),
  route({
    method: 'delete',
    path: '/devices/:deviceId',
    operationId: 'revokeDevice',
    summary: 'Revoke a device: its token and its sessions end within a second',
    tag,
    permission,
    params,
    status: 200,
    response: DeviceResponse,
    write: true,
    revisioned: true,
    errors: ['device_not_found', 'device_revoked'],
    async handle(request, { identity }) {
      const { deviceId: id } = request.params;
      const storeId = request.caller.shop.id;
      const device = await identity.devices.findActive(storeId, id);
      if (device) assertOwnBranch(request.caller, device.branchId);
      const command = { type: 'RevokeDevice', data: {} } as const;
      const result = await request.execute(deviceDecider, id, command);
      await identity.devices.remove(storeId, id);
      return { ...writeResult(200, result), body: deviceResponse(result) };
    },
  }),
  route({
    method: 'post',
    path: '/auth/pin',
    operationId: 'signInWithPin',
    summary: 'Sign a user in at the device that asks',
    description:
      'With the token of the device. The session lasts an hour, acts in the branch of the device only, and has no refresh token. After five wrong PINs the user is locked at the device for a time.',
    tag: 'Sign-in',
    permission: 'devices:sign-in',
    body: strict({ userId: Id, pin: Pin }),
    status: 200,
    response: Type.Object({
      accessToken: Type.String({ description: 'For `Authorization: Bearer`.' }),
      tokenType: oneOf(['Bearer']),
      expiresInS: Type.Integer({ description: 'Seconds until the access token expires.' }),
      user: Type.Object(UserBody),
    }),
    write: false,
    sensitive: true,
    limiters: ['pin'],
    example: { userId: '0123456789abcdef', pin: '4711' },
    errors: ['device_not_found', 'invalid_pin', 'pin_locked', 'overloaded', 'store_unavailable'],
    async handle({ body, caller, ...request }, { identity }) {
      const storeId = caller.shop.id;
      const id = caller.actor.kind === 'device' ? caller.actor.id : undefined;
      const device = id === undefined ? undefined : await identity.devices.findActive(storeId, id);
      if (!device) throw new NotFoundError('device_not_found', 'expected the token of a device');
      const asked = signInRequest(request);
      const { user, ...tokens } = await identity.pinSignIn(storeId, device, body, asked);
      const tokenType = 'Bearer' as const;
      return { status: 200, body: { ...tokens, tokenType, user: userBody(user) } };
    },
  }),
];
