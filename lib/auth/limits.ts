/** How long a sign-in link works, in minutes. */
export const LINK_MINUTES = 15;
