/** How long a sign-in link works, in minutes (ASVS 5.0 6.5.5: ten at most). */
export const LINK_MINUTES = 10;
