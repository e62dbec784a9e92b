export { type ApiKeyCommand, apiKeyCommands } from './api-keys/commands.ts';
export { apiKeyDecider, type ApiKeyState, type KnownApiKey } from './api-keys/decide.ts';
export { type ApiKeyEvent, apiKeyEvents } from './api-keys/events.ts';
export { type DeviceCommand, deviceCommands } from './devices/commands.ts';
export { deviceDecider } from './devices/decide.ts';
export { type DeviceEvent, deviceEvents, type RecordedDeviceEvent } from './devices/events.ts';
export type { DeviceState, KnownDevice } from './devices/state.ts';
export { incidentDecider } from './incidents/decide.ts';
export { incidentEvents, type WebhookIncident } from './incidents/events.ts';
export { assertStrongPassword, MAX_PASSWORD_LENGTH } from './password-rules.ts';
export { type PinCommand } from './pin-attempts/commands.ts';
export { MAX_PIN_EVENTS, pinAttemptsDecider } from './pin-attempts/decide.ts';
export { type PinEvent, pinEvents } from './pin-attempts/events.ts';
export { carriedFrom, type PinsOfDevice } from './pin-attempts/state.ts';
export { assertStrongPin } from './pin-rules.ts';
export { sessionDecider } from './sessions/decide.ts';
export { sessionEvents } from './sessions/events.ts';
export { type UserCommand, userCommands } from './users/commands.ts';
export { userDecider } from './users/decide.ts';
export {
  Email,
  ERASED_PERSON,
  FirstName,
  Grants,
  LastName,
  type UserEvent,
  userEvents,
  type UserGrants,
} from './users/events.ts';
export { canSignIn, type KnownUser, type UserState } from './users/state.ts';
