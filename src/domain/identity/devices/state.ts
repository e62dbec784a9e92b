/** Attempts of one user at a device since the last right PIN. */
export interface PinAttempts {
  readonly attempts: number;
  readonly lockedUntil?: string;
}

/** A device after it was registered. */
export interface KnownDevice {
  readonly status: 'active' | 'revoked';
  readonly deviceId: string;
  readonly name: string;
  readonly branchId: string;
  /** Users with attempts since their last right PIN. */
  readonly pins: Readonly<Record<string, PinAttempts>>;
}

export type DeviceState = { readonly status: 'none' } | KnownDevice;
