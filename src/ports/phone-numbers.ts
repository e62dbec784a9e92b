/** A number as telephone networks dial it, or what is wrong with it, in words. */
export type CheckedPhoneNumber = { readonly e164: string } | { readonly problem: string };

/** Knows the numbering plans of all countries. */
export interface PhoneNumbers {
  /** Checks a number in international form; spaces, dots, dashes and parentheses are allowed. */
  check(text: string): CheckedPhoneNumber;
}
