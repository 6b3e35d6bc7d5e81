/** The validity of a sign-in link in minutes (ASVS 5.0 6.5.5: at most ten). */
export const LINK_MINUTES = 10;
