import type { ProviderPayment, ProviderRefund } from './payment-provider.ts';

/**
 * Why a call gave no result.
 * - `retry`: the same call may succeed later. With `isUnknown` the provider may have acted on it.
 * - `auth`: the token does not serve, or has not the right. `isRevoked`: no refresh will help.
 * - `duplicate`: it was done before, or something changed meanwhile: look it up.
 * - `permanent`: the provider refuses it as it is.
 */
export interface ProviderFailure {
  readonly kind: 'retry' | 'auth' | 'duplicate' | 'permanent';
  /** The provider's code, or our own word such as `timeout`. Never text that it sent. */
  readonly code: string;
  /** The earliest next try, in ms from now, where the provider says so. */
  readonly afterMs?: number;
  readonly isUnknown?: true;
  readonly isRevoked?: true;
}

export type ProviderResult<T> = { readonly kind: 'ok'; readonly value: T } | ProviderFailure;

export type ProviderName = 'square' | 'quickbooks' | 'mercadopago';

/** Whose account at the provider a token serves. */
export interface ProviderAccount {
  readonly id: string;
  readonly name: string;
}

/** Money that moved at the provider, or was booked there, as it is now. */
export interface ProviderTransaction {
  readonly id: string;
  readonly status: 'pending' | 'succeeded' | 'failed';
  /** The status in the words of the provider. */
  readonly providerStatus: string;
  /** With the tip, in minor units of ISO 4217, whatever units the provider has. */
  readonly amountMinor: number;
  readonly refundedMinor: number;
  readonly currency: string;
  /** What we named it when we asked for it. */
  readonly reference?: string;
  /** The order at the provider. */
  readonly orderId?: string;
  /** How it was paid, where the provider says so. */
  readonly method?: 'credit_card' | 'debit_card' | 'bank_transfer' | 'qr';
  /** As `Date.toISOString` writes it. */
  readonly updatedAt: string;
}

export interface ProviderChanges {
  readonly transactions: readonly ProviderTransaction[];
  /** False: there are more than the limit of pages. Ask again from the newest of these. */
  readonly isComplete: boolean;
}

/** A page of the provider on which a payer pays. */
export interface CheckoutPage {
  readonly preferenceId: string;
  readonly url: string;
}

export interface CheckoutRequest {
  /** Every payment on the page has it as its reference. */
  readonly reference: string;
  readonly title: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** Where the payer goes afterwards. */
  readonly returnUrl?: string;
  /** Where the provider reports payments. */
  readonly webhookUrl?: string;
}

/** Pages of a provider on which payers pay. */
export interface ProviderCheckouts {
  /** Undefined: there is none of that reference. */
  find(reference: string): Promise<ProviderResult<CheckoutPage | undefined>>;
  create(request: CheckoutRequest): Promise<ProviderResult<CheckoutPage>>;
}

/** A document as the provider has it. */
export interface BookedDocument {
  readonly id: string;
  /** What it comes to there, in minor units. */
  readonly totalMinor: number;
}

/** A document as an accounting system keeps it now. */
export interface KeptDocument extends BookedDocument {
  readonly entity: string;
  /** '' for none. */
  readonly number: string;
  /** YYYY-MM-DD. */
  readonly day: string;
  readonly note: string;
  /** What its lines say is tip. */
  readonly tipMinor: number;
  /** What its lines come to, by item. */
  readonly byItem: Readonly<Record<string, number>>;
  /** Names its version: a change of an older one is refused. */
  readonly version: string;
  /** Whether it was changed after it was made. */
  readonly isEdited: boolean;
}

export interface KeptPage {
  readonly documents: readonly KeptDocument[];
  /** Where the next page begins; absent: this is the last. */
  readonly next?: number;
}

/** The documents of an accounting system. */
export interface ProviderBooks {
  /** One page of the documents of those days, both inclusive. */
  list(
    entity: string,
    days: { readonly from: string; readonly to: string },
    start?: number,
  ): Promise<ProviderResult<KeptPage>>;
  /** All of a number, whatever their day. */
  findAll(entity: string, number: string): Promise<ProviderResult<readonly KeptDocument[]>>;
  /** Undefined: there is none of that id, or it was deleted. */
  get(entity: string, id: string): Promise<ProviderResult<KeptDocument | undefined>>;
  /** Deletes a document at the version that was read. */
  remove(
    document: Pick<KeptDocument, 'entity' | 'id' | 'version'>,
    requestKey: string,
  ): Promise<ProviderResult<unknown>>;
  /** Undefined: there is none of that number. Can be older than what just happened. */
  find(entity: string, number: string): Promise<ProviderResult<BookedDocument | undefined>>;
  /** @param requestKey The provider takes a repeat with the same key for the first one. */
  create(
    entity: string,
    body: Readonly<Record<string, unknown>>,
    requestKey: string,
  ): Promise<ProviderResult<BookedDocument>>;
}

/** A charge at the account of a shop. */
export interface ProviderCharge {
  /** The provider charges once for a key, however often it is sent. */
  readonly requestKey: string;
  /** The payment has it as its reference. At most MAX_REFERENCE_LENGTH characters. */
  readonly reference: string;
  /** What the payer gave for this payment, such as the token of a card. */
  readonly source: string;
  /** With the tip. */
  readonly amountMinor: number;
  readonly tipMinor: number;
  readonly currency: string;
  /** For the person who reads the payment at the provider. */
  readonly note: string;
}

/** The shortest of all providers. */
export const MAX_REFERENCE_LENGTH = 40;

/** Which charge is looked up. */
export interface ChargeLookup {
  readonly reference: string;
  readonly amountMinor: number;
  /** It was not sent before, in ms. */
  readonly sinceMs: number;
  /** The id of the payment, where the provider has named it. */
  readonly transactionId?: string;
}

export interface ProviderRefundRequest {
  /** The provider refunds once for a key. It is in the refund as well, and found again by it. */
  readonly requestKey: string;
  readonly transactionId: string;
  readonly amountMinor: number;
  readonly currency: string;
}

/** Charges and refunds, for which a provider can be asked. */
export interface ProviderPayments {
  charge(request: ProviderCharge): Promise<ProviderResult<ProviderPayment>>;
  /** Undefined: the provider shows no payment of that reference. */
  lookup(request: ChargeLookup): Promise<ProviderResult<ProviderPayment | undefined>>;
  /** `accepted`: the provider decides later. Ask again with the same request. */
  refund(
    request: ProviderRefundRequest,
  ): Promise<ProviderResult<ProviderRefund | { readonly kind: 'accepted' }>>;
}

/** A sale as a point of sale keeps it now. */
export interface ProviderSale {
  readonly id: string;
  readonly location: string;
  /** When it was closed, as `Date.toISOString` writes it. */
  readonly closedAt: string;
  readonly totalMinor: number;
  readonly tipMinor: number;
  readonly feeMinor: number;
}

export interface SalesPage {
  readonly sales: readonly ProviderSale[];
  readonly next?: string;
}

/** The sales of a point of sale. */
export interface ProviderSales {
  /** Ids of its locations. */
  locations(): Promise<ProviderResult<readonly string[]>>;
  /** One page of the sales that were closed in that time, of at most MAX_SEARCHED_LOCATIONS. */
  list(
    locations: readonly string[],
    time: { readonly fromMs: number; readonly toMs: number },
    cursor?: string,
  ): Promise<ProviderResult<SalesPage>>;
  /** The whole of it, in the form of the provider. Undefined: there is none of that id. */
  get(id: string): Promise<ProviderResult<unknown>>;
}

/** Money that a provider of payments sent to the bank of a seller. */
export interface ProviderPayout {
  readonly id: string;
  /** As the provider calls it. */
  readonly status: string;
  /** On which it arrives at the bank, YYYY-MM-DD. */
  readonly day: string;
  readonly currency: string;
  /** What arrives; negative when the bank is debited. */
  readonly totalMinor: number;
}

/** A part of a payout. */
export interface PayoutEntry {
  /** Of what was sold, or went back to payers. */
  readonly isSale: boolean;
  /** Before the fee; negative for what went back. */
  readonly grossMinor: number;
  readonly feeMinor: number;
}

export interface ProviderPayouts {
  /** One page of those that were made since then, the oldest first. */
  list(
    location: string,
    sinceMs: number,
    cursor?: string,
  ): Promise<
    ProviderResult<{ readonly payouts: readonly ProviderPayout[]; readonly next?: string }>
  >;
  /** One page of what a payout is made of. */
  entries(
    payoutId: string,
    cursor?: string,
  ): Promise<ProviderResult<{ readonly entries: readonly PayoutEntry[]; readonly next?: string }>>;
}

export const MAX_SEARCHED_LOCATIONS = 10;

/** What the clients of all providers share. Each call is one attempt: no hidden retries. */
export interface ProviderClient {
  /** A cheap read, which shows whether the token serves. */
  testConnection(): Promise<ProviderResult<ProviderAccount>>;
  /** Undefined: the provider has none of that id. */
  findTransaction(id: string): Promise<ProviderResult<ProviderTransaction | undefined>>;
  /** What changed at or after that time, the oldest first. */
  listChanges(sinceMs: number): Promise<ProviderResult<ProviderChanges>>;
  /** Absent: the provider has no such pages. */
  readonly checkouts?: ProviderCheckouts;
  /** Absent: it takes no charges from here. */
  readonly payments?: ProviderPayments;
  /** Absent: the provider keeps no books. */
  readonly books?: ProviderBooks;
  /** Absent: it is no point of sale. */
  readonly sales?: ProviderSales;
  /** Absent: it pays nothing out. */
  readonly payouts?: ProviderPayouts;
}

/** How one call over the network ended. */
export interface CallOutcome {
  readonly isRead: boolean;
  /** There was no answer, or one that says that the provider or the access fails. */
  readonly isFailed: boolean;
  /** Of both bodies. */
  readonly bytes: number;
}

/** Called when a call begins; what it returns is called once, when the call has ended. */
export type ObserveCall = () => (outcome: CallOutcome) => void;

/** What each client needs. */
export interface ProviderClientOptions {
  /** Such as `https://connect.squareup.com`, without a slash at the end. */
  readonly baseUrl: string;
  readonly accessToken: string;
  /** Of the account; a provider that names it by its token does not need it. */
  readonly account: string;
  /** Where the provider names no currency: that of the shop. */
  readonly currency: string;
  /** Counts the calls for the shop. */
  readonly observe?: ObserveCall;
}

/** Clients of the providers that a shop can be connected with. */
export interface ProviderClients {
  /** Undefined: this installation makes no calls to other systems. */
  open(
    provider: ProviderName,
    environment: 'production' | 'sandbox',
    options: Omit<ProviderClientOptions, 'baseUrl'>,
  ): ProviderClient | undefined;
}

/** Without outgoing calls. */
export const NO_PROVIDER_CLIENTS: ProviderClients = { open: () => undefined };

/** The account that a shop is connected with, and a client that has its token. */
export interface ProviderConnection {
  readonly account: string;
  readonly client: ProviderClient;
  /** Address of this installation; empty: it has none. */
  readonly publicUrl: string;
  /** Where the provider can report what happens on the account. */
  readonly webhookUrl?: string;
}

/** The connections of all shops. */
export interface ProviderConnections {
  /**
   * A failure with the code `not_connected`, `paused`, `credentials_missing` or
   * `no_outgoing_calls` while there is none to use. @throws what the storage throws.
   */
  open(
    storeId: string,
    provider: string,
    priority?: 'high' | 'medium' | 'low',
  ): Promise<ProviderResult<ProviderConnection>>;
}

export const NO_CONNECTIONS: ProviderConnections = {
  open: () => Promise.resolve({ kind: 'retry', code: 'not_connected' }),
};
