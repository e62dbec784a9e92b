export * from './commands.ts';
export { booksDecider, type BooksState } from './decide.ts';
export * from './document.ts';
export * from './events.ts';
export * from './mapping.ts';
export * from './postings.ts';
export { QUICKBOOKS_ENTITIES, type QuickBooksEntity, quickBooksOf } from './quickbooks.ts';
export { documentNumber, isSold, type Sale, translateSale } from './receipts.ts';
export { refundOf, translateRefund } from './refunds.ts';
