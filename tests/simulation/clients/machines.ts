import { bodyOf } from './history.ts';
import type { KnownSecrets } from './known-secrets.ts';
import type { Requests } from './requests.ts';

/** Nodes look at a key once a second, by clocks of their own. */
const SLACK_MS = 5_000;
/** The secret of now, and the one before it. */
const MAX_VALID = 2;

interface MachineKey {
  readonly path: string;
  /** All it has had, the newest last. */
  readonly secrets: string[];
  rotatedAt: number;
  revokedAt: number | undefined;
}

export interface MachinesOptions {
  readonly requests: Requests;
  readonly secrets: KnownSecrets;
  readonly admin: string;
  readonly now: () => number;
  readonly fail: (rule: string, message: string) => void;
}

/** Machines of a shop: API keys and devices that come, are replaced and go. */
export interface Machines {
  act(): Promise<void>;
}

export function createMachines(options: MachinesOptions): Machines {
  const { requests, secrets, admin, now, fail } = options;
  const { rnd, ask, insist } = requests;
  const keys: MachineKey[] = [];
  const devices: MachineKey[] = [];

  async function addKey(): Promise<void> {
    const body = { name: 'accounting export', role: 'viewer' };
    const answer = await insist('POST', '/keys', admin, body);
    if (answer?.status !== 201) return;
    const { keyId, key } = bodyOf(answer);
    keys.push(machineOf(`/keys/${String(keyId)}`, secrets.note(key), now()));
  }

  async function addDevice(): Promise<void> {
    const answer = await insist('POST', '/devices', admin, { name: 'till', branchId: 'main' });
    if (answer?.status !== 201) return;
    const { deviceId, token } = bodyOf(answer);
    devices.push(machineOf(`/devices/${String(deviceId)}`, secrets.note(token), now()));
  }

  async function rotate(key: MachineKey): Promise<void> {
    const body = rnd.chance(0.3) ? { overlapHours: 0 } : {};
    const answer = await insist('POST', `${key.path}/rotate`, admin, body);
    if (answer?.status !== 200) return;
    key.secrets.push(secrets.note(bodyOf(answer)['key']));
    key.rotatedAt = now();
  }

  async function revoke(machine: MachineKey): Promise<void> {
    const answer = await insist('DELETE', machine.path, admin);
    if (answer?.status === 200) machine.revokedAt ??= now();
  }

  /** Tries all secrets that the key has had, at one time. */
  async function tryAll({ secrets: all, path, rotatedAt, revokedAt }: MachineKey): Promise<void> {
    const isOver = revokedAt !== undefined && now() - revokedAt > SLACK_MS;
    const isOld = now() - rotatedAt > SLACK_MS;
    const answers = await Promise.all(all.map((secret) => ask('GET', '/products', secret)));
    const valid = answers.filter((answer) => answer?.status === 200).length;
    if (isOver && valid > 0) fail('revoked-is-over', `a secret of ${path} is valid`);
    if (isOld && valid > MAX_VALID) fail('two-keys', `${path} has ${valid} valid secrets`);
    answers.slice(0, -MAX_VALID).forEach((answer, i) => {
      if (!isOld || answer?.status !== 200) return;
      fail('two-keys', `secret ${i} of ${all.length} of ${path} is valid`);
    });
    const isNewestRefused = answers.at(-1)?.status === 401;
    if (revokedAt !== undefined || !isNewestRefused) return;
    fail('acknowledged-signs-in', `the newest secret of ${path} is refused`);
  }

  return {
    async act() {
      const of = rnd.chance(0.7) ? keys : devices;
      const machine = of.length > 0 && rnd.chance(0.9) ? rnd.pick(of) : undefined;
      if (!machine) return of === keys ? addKey() : addDevice();
      const isRevoked = machine.revokedAt !== undefined;
      if (rnd.chance(0.1) && !isRevoked) await revoke(machine);
      else if (of === keys && !isRevoked && rnd.chance(0.5)) await rotate(machine);
      await tryAll(machine);
    },
  };
}

function machineOf(path: string, secret: string, rotatedAt: number): MachineKey {
  return { path, secrets: [secret], rotatedAt, revokedAt: undefined };
}
