import { deviceDecider, type KnownDevice } from '../../domain/identity/index.ts';
import type { LastUse, Used } from './last-use.ts';
import { createMachineTokens, unknownToken } from './machine-tokens.ts';
import type { IdentityOptions } from './options.ts';
import type { ShopSecrets } from './shop-secrets.ts';

const KIND = 'device-token';
const TOKEN = /^dev_([a-z0-9]{1,32})_([0-9a-f]{32})_([0-9a-f]{64})$/;

/** A device with a valid token. */
export interface DeviceHolder extends Used {
  readonly branchId: string;
}

/** Devices of branches and their tokens. */
export interface Devices {
  /** The same token for every repeat of the command. */
  tokenOf(storeId: string, deviceId: string, commandId: string): Promise<string>;
  /** Call after the event, and for its repeats: once the device is revoked, they change nothing. */
  store(storeId: string, deviceId: string, token: string): Promise<void>;
  remove(storeId: string, deviceId: string): Promise<void>;
  /** Whether a text has the form of such a token. */
  isToken(token: string): boolean;
  /** @throws TillstreamError unauthenticated. */
  authenticate(token: string): DeviceHolder | Promise<DeviceHolder>;
  /** The device as the log has it now; undefined unless it is registered and not revoked. */
  findActive(storeId: string, deviceId: string): Promise<KnownDevice | undefined>;
}

export function createDevices(
  options: Pick<IdentityOptions, 'vault' | 'clock' | 'digest' | 'commands' | 'shops'>,
  secrets: ShopSecrets,
  lastUse: LastUse,
): Devices {
  const { vault, digest, shops, commands } = options;
  const keyOf = (storeId: string, id: string) => ({ storeId, kind: KIND, id });

  async function findActive(storeId: string, deviceId: string) {
    const { state } = await commands.load(deviceDecider, storeId, deviceId);
    return state.status === 'active' ? state : undefined;
  }

  async function check(token: string, hash: string) {
    const [, storeId = '', id = ''] = TOKEN.exec(token) ?? [];
    if (!shops().some((shop) => shop.id === storeId)) throw unknownToken();
    const stored = await vault.get(keyOf(storeId, id));
    if (stored?.value !== hash) throw unknownToken();
    const device = await findActive(storeId, id);
    if (!device) throw unknownToken();
    const holder = Object.freeze({ storeId, id, branchId: device.branchId });
    return { holder, untilMs: Infinity };
  }

  return {
    async tokenOf(storeId, deviceId, commandId) {
      const secret = await secrets.derive(storeId, `device\n${deviceId}\n${commandId}`);
      return `dev_${storeId}_${deviceId}_${secret}`;
    },
    async store(storeId, deviceId, token) {
      if (!(await findActive(storeId, deviceId))) return;
      await vault.put(keyOf(storeId, deviceId), { value: digest.sha256(token) }, 0);
      // Revoked meanwhile, perhaps before there was a token to remove.
      if (!(await findActive(storeId, deviceId))) await vault.remove(keyOf(storeId, deviceId));
    },
    async remove(storeId, deviceId) {
      await vault.remove(keyOf(storeId, deviceId));
      await lastUse.forget({ storeId, id: deviceId });
    },
    isToken: (token) => TOKEN.test(token),
    authenticate: createMachineTokens(options, lastUse, check),
    findActive,
  };
}
