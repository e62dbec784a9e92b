import type { Measured } from './task.ts';

export type ToChild = { readonly kind: 'round' } | { readonly kind: 'close' };

export type FromChild =
  | { readonly kind: 'ready'; readonly info: Measured }
  | { readonly kind: 'measured'; readonly measured: Measured }
  | { readonly kind: 'closed'; readonly peakMb: number }
  | { readonly kind: 'failed'; readonly reason: string };
