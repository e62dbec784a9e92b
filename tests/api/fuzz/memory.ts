import { type Answer, isJson } from './answer.ts';
import { REMEMBERED } from './arbitraries.ts';
import { markOf, type Plan } from './plan.ts';
import { type CredentialName, CREDENTIALS, type Credentials } from './sign-in.ts';

/** Few, so that much happens to each. */
const MAX_KNOWN = 16;

/** The ids that the shops have been told so far, and what fills the tokens of a plan. */
export interface Memory {
  /** Keeps the ids of a good answer to a shop. */
  learn(shop: Plan['shop'], answer: Answer): void;
  /** What callers of a shop prove themselves with from now on. */
  signedIn(shop: Plan['shop'], credentials: Credentials): void;
  fill(shop: Plan['shop'], n: number, text: string): string;
}

type Known = Record<string, string[]>;

export function createMemory(): Memory {
  const known: Record<Plan['shop'], Known> = { a: {}, b: {} };
  const signedIn: Partial<Record<Plan['shop'], Credentials>> = {};

  function keep(shop: Plan['shop'], name: string, value: string): void {
    const list = (known[shop][name] ??= []);
    if (list.includes(value)) return;
    if (list.length >= MAX_KNOWN) list.shift();
    list.push(value);
  }

  function visit(shop: Plan['shop'], value: unknown): void {
    if (value === null || typeof value !== 'object') return;
    for (const [name, part] of Object.entries(value)) {
      const wanted = (REMEMBERED as readonly string[]).includes(name);
      if (wanted && typeof part === 'string' && part !== '') keep(shop, name, part);
      else visit(shop, part);
    }
  }

  const pick = (shop: Plan['shop'], name: string, index: number): string => {
    const list = known[shop][name] ?? [];
    return list[index % Math.max(1, list.length)] ?? 'none';
  };

  const credential = (shop: Plan['shop'], name: CredentialName, index: number): string => {
    const list = signedIn[shop]?.[name] ?? [];
    return list[index % Math.max(1, list.length)] ?? 'none';
  };

  return {
    signedIn(shop, credentials) {
      signedIn[shop] = credentials;
    },
    learn(shop, answer) {
      if (answer.status >= 300 || answer.body === '' || !isJson(answer)) return;
      visit(shop, JSON.parse(answer.body));
    },
    fill: (shop, n, text) =>
      text.replace(/\{\{([a-zA-Z-]+)(?::(\d+))?\}\}/g, (_all, name: string, index = '0') => {
        if (name === 'n') return `fuzz-${n}`;
        if (name === 'mark') return markOf(shop);
        const secret = CREDENTIALS.find((each) => each === name);
        if (secret) return credential(shop, secret, Number(index));
        const foreign = name.startsWith('foreign-');
        const owner = foreign === (shop === 'a') ? 'b' : 'a';
        return pick(owner, name.replace('foreign-', ''), Number(index));
      }),
  };
}
