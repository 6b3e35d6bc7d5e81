/** The reasons to return details. The person reads the message of `review.reasons`. */
export const RETURN_REASONS = ['mismatch', 'incomplete', 'mistyped', 'other'] as const;
export type ReturnReason = (typeof RETURN_REASONS)[number];

/** The longest text of a return, in code points. */
export const LONGEST_RETURN_TEXT = 500;
