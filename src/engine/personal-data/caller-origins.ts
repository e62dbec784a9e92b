import { LRUCache } from 'lru-cache';

import type { CallerOrigin, RecordedEvent } from '../../domain/kernel/event.ts';
import { formatInstant } from '../../domain/kernel/instant.ts';
import { redactSecrets } from '../../lib/redact-secrets.ts';
import type { Cipher } from '../../ports/cipher.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { Subject } from './subject.ts';
import { isMasterKeyLost, type SubjectKeys } from './subject-keys.ts';

/** Each is a text of some hundred bytes. */
const MAX_CACHED = 10_000;
/** Texts of callers are cut there: a header can have many kilobytes. */
const MAX_TEXT = 256;
/** Months whose lost key is reported once: those of each shop. */
const MAX_REPORTED = 1_000;
/** Months before the retention whose keys are looked for, after a long time without a start. */
const MAX_OVERDUE_MONTHS = 36;
/** Hexadecimal digits of the iv and of the tag of AES-256-GCM. */
const IV_DIGITS = 32;
const TAG_DIGITS = 32;

/**
 * From where callers asked, as events keep it: encrypted with a key of their shop and month, which
 * is destroyed after the retention. An event without the key shows no origin any more.
 */
export interface CallerOrigins {
  /**
   * The origin for the metadata of events; undefined for an empty one, and while the vault does not
   * respond: where a request came from must not decide whether a sale is recorded.
   */
  seal(storeId: string, origin: CallerOrigin): Promise<string | undefined> | string | undefined;
  /**
   * The origin of an event; undefined when it has none, or none that can be read. A lost master key
   * takes the origins with it, not the events. @throws UpstreamError without the vault.
   */
  open(event: RecordedEvent): Promise<CallerOrigin | undefined>;
  /** Destroys the keys of months that are over for longer than the retention. */
  expire(storeId: string): Promise<void>;
}

interface Parts {
  readonly keys: SubjectKeys;
  readonly cipher: Cipher;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Pick<Logger, 'warn'>;
  /** Whole months for which the origins of a month stay readable. */
  readonly retentionMonths: number;
}

export function createCallerOrigins(parts: Parts): CallerOrigins {
  const { keys, cipher, clock, logger, retentionMonths } = parts;
  const sealed = new LRUCache<string, string>({ max: MAX_CACHED });
  const reported = new LRUCache<string, true>({ max: MAX_REPORTED });

  async function findKey(subject: Subject) {
    try {
      return await keys.find(subject);
    } catch (error) {
      if (!isMasterKeyLost(error)) throw error;
      const name = boundTo(subject);
      const fields = { store: subject.storeId, key: subject.id, error: String(error) };
      if (!reported.has(name)) logger.warn(fields, 'the origins of a month cannot be read');
      reported.set(name, true);
      return 'lost';
    }
  }

  async function sealNow(storeId: string, month: string, text: string, name: string) {
    try {
      const subject = subjectOf(storeId, month);
      const key = await keys.obtain(subject);
      if (key === 'erased') return undefined;
      const { iv, tag, ciphertext } = cipher.seal(key, text, boundTo(subject));
      const packed = Buffer.from(iv + tag + ciphertext, 'hex').toString('base64url');
      const value = `${month}.${packed}`;
      sealed.set(name, value);
      return value;
    } catch (error) {
      logger.warn({ store: storeId, error: String(error) }, 'the origin of a request is not kept');
      return undefined;
    }
  }

  return {
    seal(storeId, origin) {
      const text = textOf(origin);
      if (text === undefined) return undefined;
      const month = monthOf(clock.now(), 0);
      const name = JSON.stringify([storeId, month, text]);
      return sealed.get(name) ?? sealNow(storeId, month, text, name);
    },
    async open({ metadata }) {
      const { origin, storeId } = metadata;
      const dot = origin?.indexOf('.') ?? -1;
      if (origin === undefined || dot < 0) return undefined;
      const subject = subjectOf(storeId, origin.slice(0, dot));
      const key = await findKey(subject);
      if (typeof key === 'string') return undefined;
      const hex = Buffer.from(origin.slice(dot + 1), 'base64url').toString('hex');
      const text = cipher.open(key, partsOf(hex), boundTo(subject));
      return text === undefined ? undefined : (JSON.parse(text) as CallerOrigin);
    },
    async expire(storeId) {
      const nowMs = clock.now();
      for (let overdue = 1; overdue <= MAX_OVERDUE_MONTHS; overdue++) {
        const subject = subjectOf(storeId, monthOf(nowMs, retentionMonths + overdue));
        const key = await findKey(subject);
        if (key !== 'erased' && key !== 'missing') await keys.destroy(subject);
      }
    },
  };
}

function textOf(origin: CallerOrigin): string | undefined {
  const given = Object.entries(origin as Readonly<Record<string, string | undefined>>);
  const fields = given.flatMap(([name, text]) =>
    text === undefined || text === ''
      ? []
      : [[name, redactSecrets(text.slice(0, MAX_TEXT))] as const],
  );
  return fields.length === 0 ? undefined : JSON.stringify(Object.fromEntries(fields));
}

function partsOf(hex: string) {
  const iv = hex.slice(0, IV_DIGITS);
  const tag = hex.slice(IV_DIGITS, IV_DIGITS + TAG_DIGITS);
  return { iv, tag, ciphertext: hex.slice(IV_DIGITS + TAG_DIGITS) };
}

function subjectOf(storeId: string, month: string): Subject {
  return { storeId, id: `origins.${month}` };
}

function boundTo({ storeId, id }: Subject): string {
  return JSON.stringify(['origin', storeId, id]);
}

/** `2026-11`, in UTC, so many months ago. */
function monthOf(nowMs: number, monthsAgo: number): string {
  const [year = 0, month = 1] = formatInstant(nowMs).slice(0, 7).split('-').map(Number);
  const months = year * 12 + month - 1 - monthsAgo;
  const digits = (value: number, count: number) => String(value).padStart(count, '0');
  return `${digits(Math.floor(months / 12), 4)}-${digits((months % 12) + 1, 2)}`;
}
