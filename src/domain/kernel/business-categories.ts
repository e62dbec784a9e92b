import { CATEGORIES, type Category } from './names.ts';

/** Streams of shops; what the engine records about itself belongs to none. */
export const BUSINESS_CATEGORIES: readonly Category[] = CATEGORIES.filter(
  (category) => category !== 'projection',
);
