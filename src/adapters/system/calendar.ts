import { InvariantError } from '../../domain/kernel/errors.ts';
import type { Shop, ShopSource } from '../../domain/kernel/shop.ts';
import { derived } from '../../lib/derived.ts';
import type { Calendar } from '../../ports/calendar.ts';

const MINUTE_MS = 60_000;

/** The local date of a shop; the hours before the start of its day belong to the previous date. */
export function createCalendar(shops: ShopSource): Calendar {
  // A shop that was removed stays: what is under way for it still ends.
  const days = new Map<string, (nowMs: number) => string>();
  const daysOf = derived(shops, (current) => {
    for (const shop of current) days.set(shop.id, dayOf(shop));
    return days;
  });
  return {
    businessDay(storeId, nowMs) {
      const dayAt = daysOf().get(storeId);
      if (!dayAt) throw new InvariantError('a configured shop', { storeId });
      return dayAt(nowMs);
    },
  };
}

function dayOf({ timezone, dayStartsAt }: Shop): (nowMs: number) => string {
  const [hours = 0, minutes = 0] = dayStartsAt.split(':').map(Number);
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: timezone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  let cachedMinute = Number.NaN;
  let cached = '';
  return (nowMs) => {
    const minute = Math.floor(nowMs / MINUTE_MS);
    if (minute !== cachedMinute) {
      cachedMinute = minute;
      cached = localDay(format, nowMs, hours * 60 + minutes);
    }
    return cached;
  };
}

function localDay(format: Intl.DateTimeFormat, nowMs: number, startsAtMinute: number): string {
  const parts = Object.fromEntries(format.formatToParts(nowMs).map((p) => [p.type, p.value]));
  const day = `${parts['year']}-${parts['month']}-${parts['day']}`;
  const minute = Number(parts['hour']) * 60 + Number(parts['minute']);
  if (minute >= startsAtMinute) return day;
  const before = new Date(Date.parse(`${day}T00:00:00Z`) - 24 * 60 * MINUTE_MS);
  return before.toISOString().slice(0, 10);
}
