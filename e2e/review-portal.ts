import { runSparePortal } from './spare-portal';

/** Runs a portal where two operators must accept details, while the tests of the calling file run. @returns its origin. */
export const runReviewPortal = () => runSparePortal({ KYC_MODE: 'review', KYC_FOUR_EYES: 'on' });
