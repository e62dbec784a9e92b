import type { PinsOfDevice } from '../pin-attempts/state.ts';

/** A device after it was registered. */
export interface KnownDevice {
  readonly status: 'active' | 'revoked';
  readonly deviceId: string;
  readonly name: string;
  readonly branchId: string;
  /** Attempts of the time when they were counted in the stream of the device. */
  readonly pins: PinsOfDevice;
}

export type DeviceState = { readonly status: 'none' } | KnownDevice;
