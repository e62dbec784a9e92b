import type { ApiKeyEvent } from '../../domain/identity/api-keys/events.ts';
import type { RecordedDeviceEvent } from '../../domain/identity/devices/events.ts';
import type { IncidentEvent } from '../../domain/identity/incidents/events.ts';
import type { PinEvent } from '../../domain/identity/pin-attempts/events.ts';
import type { SessionEvent } from '../../domain/identity/sessions/events.ts';
import type { UserEvent, UserGrants } from '../../domain/identity/users/events.ts';
import type { CommandRefused } from '../../domain/kernel/event-types.ts';

/** What an event of a user means, in one plain sentence. Names no person: the id is enough. */
export function describeUserEvent(event: UserEvent | CommandRefused): string {
  switch (event.type) {
    case 'UserInvited':
      return `User invited as ${rolesText(event.data.grants)}`;
    case 'UserRegistered':
      return `User registered as ${rolesText(event.data.grants)}`;
    case 'UserChanged': {
      const { grants, isActive, previous } = event.data;
      const roles = `${rolesText(grants)} (before: ${rolesText(previous.grants)})`;
      return `User changed: ${roles}, ${isActive ? 'active' : 'inactive'}`;
    }
    case 'UserInvitationIssued':
      return `Invitation ${event.data.generation} issued, valid until ${event.data.expiresAt}`;
    case 'UserPasswordChanged':
      return 'Password changed; earlier sessions ended';
    case 'UserPinChanged':
      return 'PIN changed';
    case 'UserPinRemoved':
      return 'PIN removed';
    case 'UserDeleted':
      return 'User deleted';
    case 'UserDataErased':
      return `Personal data erased: ${event.data.reason}`;
    case 'UserRestored':
      return 'User restored';
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

/** What an event of a session means, in one plain sentence. */
export function describeSessionEvent(event: SessionEvent | CommandRefused): string {
  switch (event.type) {
    case 'SessionStarted':
      return `User ${event.data.userId} signed in by ${event.data.method}`;
    case 'SessionEnded':
      return event.data.reason === 'logout'
        ? `User ${event.data.userId} signed out`
        : `Session of user ${event.data.userId} ended: a used refresh token came again`;
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

/** What an event of an API key means, in one plain sentence. */
export function describeApiKeyEvent(event: ApiKeyEvent | CommandRefused): string {
  switch (event.type) {
    case 'ApiKeyAdded': {
      const { name, role, branchId, scopes, expiresAt } = event.data;
      const where = branchId === undefined ? '' : ` in ${branchId}`;
      const limits = scopes ? `, limited to ${scopes.join(', ')}` : '';
      const until = expiresAt === undefined ? '' : `, until ${expiresAt}`;
      return `API key "${name}" added as ${role}${where}${limits}${until}`;
    }
    case 'ApiKeyRotated':
      return `API key rotated; the one before is valid until ${event.data.previousUntil}`;
    case 'ApiKeyRevoked':
      return 'API key revoked';
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

/** What an event of a device means, in one plain sentence. */
export function describeDeviceEvent(event: RecordedDeviceEvent | CommandRefused): string {
  switch (event.type) {
    case 'DeviceRegistered':
      return `Device "${event.data.name}" registered in ${event.data.branchId}`;
    case 'DeviceRevoked':
      return 'Device revoked; its sessions ended';
    default:
      return describePinEvent(event);
  }
}

/** What an attempt at a device means, in one plain sentence. */
export function describePinEvent(event: PinEvent | CommandRefused): string {
  switch (event.type) {
    case 'PinAttemptsOpened':
      return `PINs at device ${event.data.deviceId} are counted in part ${event.data.page}`;
    case 'PinTried':
      return `PIN entered for user ${event.data.userId}, attempt ${event.data.attempt}`;
    case 'PinNotChecked':
      return `PIN of user ${event.data.userId} not checked: the server was busy`;
    case 'PinAccepted':
      return `PIN of user ${event.data.userId} accepted`;
    case 'PinLocked': {
      const { userId, attempts, lockedUntil } = event.data;
      return `User ${userId} locked until ${lockedUntil} after ${attempts} wrong PINs`;
    }
    case 'CommandRefused':
      return `Refused ${event.data.command}: ${event.data.message}`;
  }
}

/** What an incident means, in one plain sentence. */
export function describeIncident({ type, data }: IncidentEvent): string {
  const times = data.count === 1 ? '' : `, ${data.count} times`;
  if (type === 'SignInFailed') return `Sign-in failed (${data.code})${times}`;
  if (type === 'WebhookRejected') {
    return `Webhook of ${data.provider}: ${data.action}${times}`;
  }
  const missing = data.permission === undefined ? '' : `, without ${data.permission}`;
  return `Denied ${data.operation}${missing}${times}`;
}

function rolesText(grants: UserGrants): string {
  if (grants.length === 0) return 'no role';
  return grants
    .map(({ role, branchId }) => (branchId === undefined ? role : `${role} in ${branchId}`))
    .join(', ');
}
