import { type Topic, TOPIC_NAMES } from '../../domain/notifications/index.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Ids } from '../../ports/ids.ts';
import type { Vault } from '../../ports/vault.ts';
import { createShopSecrets } from '../shop-secret.ts';

const KIND = 'opt-out-secret';
const SEPARATOR = '.';

/** What a link opts a person out of. */
export interface OptOut {
  readonly storeId: string;
  readonly personId: string;
  readonly topic: Topic;
  readonly channel: 'email' | 'sms';
}

/** Signed links by which a person opts out without a login. */
export interface OptOutLinks {
  /** Undefined while the installation has no public address. */
  urlOf(optOut: OptOut): Promise<string | undefined>;
  /** What a token says; undefined for one that was not made here. */
  read(token: string): Promise<OptOut | undefined>;
}

export interface OptOutLinksOptions {
  readonly vault: Vault;
  readonly ids: Ids;
  readonly digest: Digest;
  /** Without a slash at its end; empty: there are no links. */
  readonly publicUrl: string;
}

export function createOptOutLinks(options: OptOutLinksOptions): OptOutLinks {
  const { vault, ids, digest, publicUrl } = options;
  const secrets = createShopSecrets({ vault, ids }, KIND);

  return {
    async urlOf({ storeId, personId, topic, channel }) {
      if (publicUrl === '') return undefined;
      const secret = await secrets.secretOf(storeId);
      const said = [storeId, channel, topic, encode(personId)].join(SEPARATOR);
      return `${publicUrl}/opt-out/${said}${SEPARATOR}${digest.hmacSha256(secret, said)}`;
    },
    async read(token) {
      const [storeId = '', channel, topic, person, signature, ...more] = token.split(SEPARATOR);
      if (more.length > 0 || person === undefined || !/^[a-z0-9]{1,32}$/.test(storeId)) {
        return undefined;
      }
      const secret = await secrets.knownOf(storeId);
      const said = [storeId, channel, topic, person].join(SEPARATOR);
      if (secret === undefined || digest.hmacSha256(secret, said) !== signature) return undefined;
      const known = TOPIC_NAMES.find((name) => name === topic);
      if (!known || (channel !== 'email' && channel !== 'sms')) return undefined;
      return { storeId, personId: decodeURIComponent(person), topic: known, channel };
    },
  };
}

/** Percent-encoded, without the separator. */
const encode = (text: string) => encodeURIComponent(text).replaceAll('.', '%2E');
