/** What a receipt says, as it is printed. */
export interface PrintedReceipt {
  readonly fileName: string;
  readonly title: string;
  readonly notes: readonly string[];
  readonly rows: readonly { readonly text: string; readonly amount: string }[];
  /** The last one is the total. */
  readonly sums: readonly { readonly text: string; readonly amount: string }[];
  /** RFC 3339. */
  readonly madeAt: string;
}

/** Prints receipts as PDF files. */
export interface ReceiptRenderer {
  /** The same bytes for the same receipt. */
  render(receipt: PrintedReceipt): Promise<Uint8Array>;
}
