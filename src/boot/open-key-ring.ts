import { openKeyRingFile, openKeyRingSettings } from '../adapters/system/key-ring.ts';
import type { Config } from '../config.ts';
import type { KeyRing } from '../ports/key-ring.ts';

/** The configured master keys. @throws UpstreamError when they cannot be used. */
export async function openKeyRing(config: Config): Promise<KeyRing> {
  const { encryptionKeys, currentKeyId, masterKeyFile } = config;
  if (encryptionKeys !== '') return openKeyRingSettings(encryptionKeys, currentKeyId);
  return openKeyRingFile(masterKeyFile);
}
