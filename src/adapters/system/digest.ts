import { createHmac, hash } from 'node:crypto';

import type { Digest } from '../../ports/digest.ts';

export const systemDigest: Digest = {
  sha256: (content) => hash('sha256', content, 'hex'),
  hmacSha256: (secret, text) => createHmac('sha256', secret).update(text).digest('hex'),
};
