import type { RecordedEvent } from '../domain/kernel/event.ts';
import { maskPersonalData } from '../domain/kernel/mask-personal-data.ts';
import { isPermitted } from '../domain/kernel/permissions.ts';
import { RequestError } from './problem.ts';
import type { Caller } from './route.ts';

const PERMISSION = 'personal-data:read';

/** Whether the caller sees names, phone numbers and emails as they are; others see them masked. */
export function seesPersonalData({ grants, branchId }: Pick<Caller, 'grants' | 'branchId'>) {
  return isPermitted(grants, PERMISSION, branchId);
}

/** A search by name or number would show what the masks hide. @throws RequestError forbidden */
export function assertSeesPersonalData(caller: Caller): void {
  if (seesPersonalData(caller)) return;
  throw new RequestError('forbidden', `a search by name or phone number needs ${PERMISSION}`);
}

/** The fields with personal data of a document, masked where the caller must not see them. */
export function personalView<Doc extends object>(
  caller: Caller,
  document: Doc,
  fields: readonly (keyof Doc & string)[],
): Doc {
  if (seesPersonalData(caller)) return document;
  const masked = fields
    .filter((field) => document[field] !== undefined)
    .map((field) => [field, maskPersonalData(document[field], field)]);
  return { ...document, ...(Object.fromEntries(masked) as Partial<Doc>) };
}

/** Events whose personal data is masked, so that nothing that is made from them shows it. */
export function maskEvents(events: readonly RecordedEvent[]): readonly RecordedEvent[] {
  return events.map((event) => {
    const data = event.data as { readonly personal?: unknown } | null;
    if (typeof data !== 'object' || data?.personal === undefined) return event;
    return { ...event, data: { ...data, personal: maskPersonalData(data.personal) } };
  });
}
