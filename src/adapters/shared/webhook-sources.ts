import type { Provider } from '../../domain/kernel/providers.ts';
import type {
  WebhookContent,
  WebhookScheme,
  WebhookSource,
  WebhookSources,
} from '../../ports/webhook-sources.ts';
import { isInNetwork, parseAddress, parseNetwork } from './networks.ts';

/** How far a clock may be ahead. */
const MAX_AHEAD_MS = 300_000;
/** An address that cannot be guessed has a name of that length. */
export const MIN_HIDDEN_NAME = 32;

/** An app at a provider, as it is configured. */
export interface ProviderApp {
  readonly provider: Provider;
  /** The last part of its webhook address. */
  readonly app: string;
  /** Sign its webhooks; each of them is valid, such as that before a rotation. */
  readonly secrets?: readonly string[] | undefined;
  /** Its webhook address as it is registered at the provider. */
  readonly url?: string | undefined;
  /** Accounts at the provider, with the shop of each. */
  readonly accounts: Readonly<Record<string, string>>;
  /** Networks that webhooks may come from; absent: any. */
  readonly networks?: readonly string[] | undefined;
  /** Keeps webhooks that are not signed as hints. */
  readonly unsigned?: boolean | undefined;
}

export type WebhookSchemes = Readonly<Record<Provider, WebhookScheme>>;

/**
 * The apps whose webhooks are taken.
 * @throws Error that names the app and what was expected; it quotes no secret.
 */
export function createWebhookSources(
  apps: readonly ProviderApp[],
  schemes: WebhookSchemes,
): WebhookSources {
  const sources = new Map<string, WebhookSource>();
  for (const app of apps) {
    const name = `${app.provider}/${app.app}`;
    if (sources.has(name)) throw new Error(`expected each app once, found ${name} again`);
    sources.set(name, sourceOf(app, schemes[app.provider]));
  }
  return {
    find: (provider, app) => sources.get(`${provider}/${app}`),
    addressOf(provider, account) {
      const own = apps.filter((each) => each.provider === provider && account in each.accounts);
      // One that signs is preferred: what it reports is no mere hint.
      const found = own.find(({ unsigned }) => !unsigned) ?? own[0];
      return found && (found.url ?? `/webhooks/${provider}/${found.app}`);
    },
  };
}

function sourceOf(configured: ProviderApp, scheme: WebhookScheme): WebhookSource {
  const { provider, app, secrets = [], url = '', unsigned = false } = configured;
  const accounts = Object.entries(configured.accounts);
  const [first] = accounts;
  const problem = problemOf(configured);
  if (problem !== undefined || !first) {
    throw new Error(`${provider}/${app}: expected ${problem ?? 'an account'}`);
  }
  const networks = configured.networks?.map((entry) => {
    const network = parseNetwork(entry);
    if (network) return network;
    throw new Error(`${provider}/${app}: expected an address or a network, found ${entry}`);
  });
  const byAccount = new Map(accounts);

  return {
    ...{ provider, app, shop: first[1], takesHints: unsigned },
    allows(text) {
      if (!networks) return true;
      const address = parseAddress(text);
      return address !== undefined && networks.some((network) => isInNetwork(address, network));
    },
    isStale(request, nowMs) {
      const signedMs = scheme.signedAtMs?.(request);
      if (signedMs === undefined || scheme.maxAgeMs === undefined) return false;
      return nowMs - signedMs > scheme.maxAgeMs || signedMs - nowMs > MAX_AHEAD_MS;
    },
    // All secrets are tried, so that the time does not depend on which of them fits.
    isSigned: (request) =>
      secrets.map((secret) => scheme.isSigned(request, secret, url)).includes(true),
    read: (request, context) => scheme.read(request, context),
    owner: ({ account }: WebhookContent) => {
      // A webhook that names no account is about the only one that the app has.
      const name = account ?? (byAccount.size === 1 ? first[0] : undefined);
      const shop = name === undefined ? undefined : byAccount.get(name);
      return name === undefined || shop === undefined ? undefined : { account: name, shop };
    },
  };
}

/** Providers whose webhooks can lack a signature. */
const UNSIGNED: readonly Provider[] = ['mercadopago', 'mailchimp'];
/** Providers that sign the address too. */
const SIGN_URL: readonly Provider[] = ['square'];

function problemOf({ provider, app, secrets = [], url, accounts, unsigned }: ProviderApp) {
  if (Object.keys(accounts).length === 0) return 'an account';
  if (secrets.length === 0 && !unsigned) return 'a secret that signs its webhooks';
  if (SIGN_URL.includes(provider) && url === undefined) return 'the url that is signed';
  if (!unsigned) return undefined;
  if (!UNSIGNED.includes(provider)) return 'signed webhooks, as this provider sends them';
  if (app.length >= MIN_HIDDEN_NAME) return undefined;
  return `a name of ${MIN_HIDDEN_NAME} characters or more, which cannot be guessed`;
}
