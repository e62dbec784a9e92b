import { historyEntity } from '../api/routes/history/entities.ts';
import { apiKeyRoutes } from '../api/routes/identity/api-keys.ts';
import { authRoutes } from '../api/routes/identity/auth.ts';
import { deviceRoutes } from '../api/routes/identity/devices.ts';
import { firstAdminRoute } from '../api/routes/identity/first-admin.ts';
import { profileRoutes } from '../api/routes/identity/profile.ts';
import { UserParams } from '../api/routes/identity/schemas.ts';
import { userRoutes } from '../api/routes/identity/users.ts';
import type { IncidentEvent } from '../domain/identity/incidents/events.ts';
import {
  apiKeyDecider,
  type ApiKeyEvent,
  apiKeyEvents,
  deviceDecider,
  deviceEvents,
  incidentDecider,
  incidentEvents,
  pinAttemptsDecider,
  type PinEvent,
  pinEvents,
  type RecordedDeviceEvent,
  sessionDecider,
  sessionEvents,
  userDecider,
  userEvents,
} from '../domain/identity/index.ts';
import type { SessionEvent } from '../domain/identity/sessions/events.ts';
import type { UserEvent } from '../domain/identity/users/events.ts';
import { apiKeys } from '../projections/identity/api-keys/projection.ts';
import {
  describeApiKeyEvent,
  describeDeviceEvent,
  describeIncident,
  describePinEvent,
  describeSessionEvent,
  describeUserEvent,
} from '../projections/identity/describe.ts';
import { devices } from '../projections/identity/devices/projection.ts';
import { UserSchema } from '../projections/identity/users/document.ts';
import { userAsOf, users } from '../projections/identity/users/projection.ts';
import { defineFeature } from './feature.ts';

export const identity = defineFeature({
  name: 'identity',
  deciders: [
    ...[userDecider, sessionDecider, incidentDecider],
    ...[apiKeyDecider, deviceDecider, pinAttemptsDecider],
  ],
  events: {
    definitions: {
      ...userEvents.definitions,
      ...sessionEvents.definitions,
      ...incidentEvents.definitions,
      ...apiKeyEvents.definitions,
      ...deviceEvents.definitions,
      ...pinEvents.definitions,
    },
    types: [
      ...[...userEvents.types, ...sessionEvents.types],
      ...[
        ...incidentEvents.types,
        ...apiKeyEvents.types,
        ...deviceEvents.types,
        ...pinEvents.types,
      ],
    ],
  },
  projections: [users, apiKeys, devices],
  documents: {
    users: 'A user with its roles: `GET /users`, by id too.',
    'api-keys': 'A key of a machine, without its secret: `GET /keys`, by id too.',
    devices: 'A device of a branch, without its token: `GET /devices`, by id too.',
  },
  routes: [
    ...authRoutes,
    firstAdminRoute,
    ...profileRoutes,
    ...userRoutes,
    ...apiKeyRoutes,
    ...deviceRoutes,
  ],
  descriptions: [
    { category: 'user', describe: (event) => describeUserEvent(event as UserEvent) },
    { category: 'incident', describe: (event) => describeIncident(event as IncidentEvent) },
    { category: 'apikey', describe: (event) => describeApiKeyEvent(event as ApiKeyEvent) },
    { category: 'device', describe: (event) => describeDeviceEvent(event as RecordedDeviceEvent) },
    { category: 'pinattempts', describe: (event) => describePinEvent(event as PinEvent) },
    { category: 'session', describe: (event) => describeSessionEvent(event as SessionEvent) },
  ],
  audit: {
    AccessDenied: {
      severity: 'recorded',
      outcome: 'FAILURE',
      action: 'PERMISSION_CHECK_FAILED',
    },
    SignInFailed: { severity: 'recorded', outcome: 'FAILURE' },
    WebhookRejected: { severity: 'recorded', outcome: 'FAILURE' },
    SessionEnded: { severity: 'recorded' },
    ApiKeyAdded: { severity: 'recorded' },
    ApiKeyRotated: { severity: 'recorded' },
    ApiKeyRevoked: { severity: 'recorded' },
    UserInvited: { severity: 'LOW' },
    UserInvitationIssued: { severity: 'LOW' },
    UserChanged: { severity: 'LOW' },
    UserPasswordChanged: { severity: 'LOW' },
    UserPinChanged: { severity: 'LOW' },
    UserPinRemoved: { severity: 'LOW' },
    DeviceRegistered: { severity: 'MEDIUM' },
    DeviceRevoked: { severity: 'MEDIUM' },
    PinLocked: { severity: 'HIGH', outcome: 'FAILURE' },
    UserDeleted: { severity: 'MEDIUM' },
    UserDataErased: { severity: 'MEDIUM' },
    UserRestored: { severity: 'MEDIUM' },
  },
  timeTravel: [
    historyEntity({
      category: 'user',
      path: 'users',
      id: 'userId',
      noun: 'user',
      name: 'User',
      article: 'A user',
      notFound: 'user_not_found',
      params: UserParams,
      readModel: userAsOf,
      document: UserSchema,
    }),
  ],
});
