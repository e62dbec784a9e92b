import type { SimResponse } from '../nodes/api.ts';
import { markOf } from '../nodes/shops.ts';
import { bodyOf } from './history.ts';
import type { MachinesOptions } from './machines.ts';

/** Nodes look at a session once a second, by clocks of their own. */
const SLACK_MS = 5_000;
const MAX_TRIES = 60;
const MAX_PEOPLE = 4;
/** Strong, and different from each other. */
const WORDS = ['umbrellas', 'lanterns', 'kettles', 'ladders', 'candles', 'buckets'];

interface Session {
  readonly access: string;
  refresh: string;
  /** When it ended for certain. */
  overSince?: number;
}

/** A user of the shop, as far as its administrator knows. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  /** The invitation that was not used yet, as far as is known. */
  invitation: string | undefined;
  /** Passwords that were sent, whatever became of them. */
  readonly passwords: string[];
  /** The one that is known to be valid. */
  password: string | undefined;
  readonly sessions: Session[];
  /** Its erasure was asked for, and may have been carried out without an answer. */
  isErasing: boolean;
  erasedSince: number | undefined;
}

export interface People {
  readonly people: readonly Person[];
  act(): Promise<void>;
  /** Once nothing goes wrong any more: whoever was added can sign in, and nobody else. */
  settle(): Promise<void>;
}

/** People who are invited, register, sign in and out, and are erased. */
export function createPeople(options: MachinesOptions & { readonly shop: string }): People {
  const { requests, secrets, admin, now, fail, shop } = options;
  const { rnd, ask, insist, pause } = requests;
  const people: Person[] = [];
  const isLongAgo = (at: number | undefined) => at !== undefined && now() - at > SLACK_MS;

  async function invite(): Promise<void> {
    const email = `person-${people.length}@mail-of-${shop}.example`;
    const body = { email, firstName: markOf(shop), roles: [{ role: 'waiter' }] };
    const answer = await insist('POST', '/users', admin, body);
    if (answer?.status !== 201) return;
    const { userId, invitation } = bodyOf(answer) as {
      userId: string;
      invitation: { token: string };
    };
    const known = { invitation: secrets.note(invitation.token), password: undefined };
    people.push({
      ...{ userId, email, ...known, isErasing: false, erasedSince: undefined },
      ...{ passwords: [], sessions: [] },
    });
  }

  function newPassword({ passwords }: Person): string {
    const password = secrets.note(`seven wet ${rnd.pick(WORDS)} ${passwords.length}`);
    passwords.push(password);
    return password;
  }

  /** Sometimes by two people at once: an invitation is for one of them. */
  async function register(person: Person): Promise<void> {
    const { invitation: token } = person;
    if (token === undefined) return;
    const chosen = rnd.chance(0.3) ? [newPassword(person), newPassword(person)] : [];
    if (chosen.length === 0) chosen.push(newPassword(person));
    const answers = await Promise.all(
      chosen.map((password) =>
        ask('POST', '/auth/register', undefined, { token, password, firstName: markOf(shop) }),
      ),
    );
    answers.forEach((answer, i) => {
      if (answer?.status === 201) accepted(person, chosen[i] ?? '');
    });
  }

  function accepted(person: Person, password: string): void {
    if (person.password !== undefined && person.password !== password) {
      fail('invitation-once', `two passwords of ${person.userId} were accepted`);
    }
    person.password = password;
    person.invitation = undefined;
  }

  const login = (email: string, password: string) =>
    ask('POST', '/auth/login', undefined, { email, password, storeId: shop });

  async function signIn(person: Person): Promise<SimResponse | undefined> {
    if (person.passwords.length === 0) return undefined;
    const password = person.password ?? rnd.pick(person.passwords);
    const isErased = isLongAgo(person.erasedSince);
    const answer = await login(person.email, password);
    if (answer?.status !== 200) return answer;
    if (isErased) fail('erased-is-gone', `erased ${person.userId} signed in`);
    accepted(person, password);
    const { accessToken, refreshToken } = bodyOf(answer);
    person.sessions.push({
      access: secrets.note(accessToken),
      refresh: secrets.note(refreshToken),
    });
    return answer;
  }

  async function signOut({ sessions }: Person): Promise<void> {
    const session = sessions.findLast(({ overSince }) => overSince === undefined);
    if (!session) return;
    const answer = await ask('POST', '/auth/logout', session.access, {});
    if (answer?.status === 200) session.overSince = now();
  }

  /** What has ended stays ended, whichever node is asked and whatever befell it meanwhile. */
  async function lookAt({ userId, erasedSince, sessions }: Person): Promise<void> {
    if (sessions.length === 0) return;
    const session = rnd.pick(sessions);
    const { overSince, access, refresh: refreshToken } = session;
    const isErased = isLongAgo(erasedSince);
    if (rnd.chance(0.5)) {
      const isOver = isLongAgo(overSince);
      if ((await ask('GET', '/auth/profile', access))?.status !== 200) return;
      if (isOver) fail('ended-stays-ended', `a session of ${userId} acts after its end`);
      if (isErased) fail('erased-is-gone', `erased ${userId} acts`);
      return;
    }
    const answer = await ask('POST', '/auth/refresh', undefined, { refreshToken });
    if (answer?.status !== 200) return;
    if (overSince !== undefined) {
      fail('ended-stays-ended', `a session of ${userId} goes on after its end`);
    }
    if (isErased) fail('erased-is-gone', `erased ${userId} goes on`);
    session.refresh = secrets.note(bodyOf(answer)['refreshToken']);
  }

  async function erase(person: Person): Promise<void> {
    const path = `/users/${person.userId}/personal-data`;
    person.isErasing = true;
    const answer = await insist('DELETE', path, admin, { reason: 'request of the person' });
    if (answer?.status === 200) person.erasedSince ??= now();
  }

  /** An invitation without a known end is replaced: nobody is left half registered. */
  async function registerAgain(person: Person): Promise<void> {
    const answer = await insist('POST', `/users/${person.userId}/invitation`, admin, {});
    if (answer?.status !== 201) return;
    person.password = undefined;
    person.passwords.splice(0);
    person.invitation = secrets.note(bodyOf(answer)['token']);
    await register(person);
  }

  async function signInAtLast(person: Person): Promise<void> {
    let last: SimResponse | undefined;
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      if (tries > 0) await pause(500);
      if (person.password === undefined) await registerAgain(person);
      last = await signIn(person);
      if (last?.status === 200) return;
      // Wrong passwords that were tried before may have locked the address for a while.
      if (last?.status === 429) await pause(60_000);
      if (last?.status === 401 && person.password !== undefined) break;
    }
    const found = `${last?.status ?? 'nothing'} ${last?.body ?? ''}`;
    fail('acknowledged-signs-in', `${person.userId} cannot sign in: ${found}`);
  }

  return {
    people,
    async act() {
      const person = people.length > 0 ? rnd.pick(people) : undefined;
      if (!person || (people.length < MAX_PEOPLE && rnd.chance(0.2))) return invite();
      const what = rnd.below(12);
      if (what < 3) await register(person);
      else if (what < 6) await signIn(person);
      else if (what < 8) await signOut(person);
      else if (what < 11) await lookAt(person);
      else await erase(person);
    },
    async settle() {
      for (const person of people) {
        if (!person.isErasing) {
          await signInAtLast(person);
          continue;
        }
        if (person.erasedSince === undefined) await erase(person);
        if (person.erasedSince === undefined) fail('liveness', `${person.userId} is not erased`);
        await pause(3 * SLACK_MS);
        await signIn(person);
      }
    },
  };
}
