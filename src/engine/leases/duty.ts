import type { WorkUnit } from './work-unit.ts';

/** A duty that one instance at a time has, and that other code carries out. */
export interface Duty {
  readonly unit: WorkUnit;
  /** Whether this instance has the duty now. */
  readonly isHeld: () => boolean;
}

/** Two instances may believe to have it for a moment: what they do must bear that. */
export function createDuty(name: string): Duty {
  let holders = 0;
  return {
    isHeld: () => holders > 0,
    unit: {
      name,
      async begin() {
        holders += 1;
        return {
          async end() {
            holders -= 1;
          },
        };
      },
    },
  };
}
