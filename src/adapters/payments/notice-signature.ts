import { createHmac, timingSafeEqual } from 'node:crypto';

import type { Clock } from '../../ports/clock.ts';
import type { PaymentNotices } from '../../ports/payment-notices.ts';

/** Longer than a notice travels, shorter than it takes to find one and send it again. */
const MAX_AGE_SECONDS = 300;
const SIGNATURE = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;

/**
 * Notices as the payment simulator signs them: `t=<seconds>,v1=<hex>` with an HMAC-SHA-256 over
 * `<seconds>.<shop>.<body>`. The body is compared as it came, and in constant time.
 */
export function createPaymentNotices(secret: string, clock: Pick<Clock, 'now'>): PaymentNotices {
  return {
    header: 'simulator-signature',
    signedAt({ signature, shopId, body }) {
      const [, seconds, found] = SIGNATURE.exec(signature ?? '') ?? [];
      if (seconds === undefined || found === undefined) return undefined;
      const signedMs = Number(seconds) * 1_000;
      if (Math.abs(clock.now() - signedMs) > MAX_AGE_SECONDS * 1_000) return undefined;
      const expected = createHmac('sha256', secret).update(`${seconds}.${shopId}.${body}`).digest();
      return timingSafeEqual(expected, Buffer.from(found, 'hex')) ? signedMs : undefined;
    },
  };
}
