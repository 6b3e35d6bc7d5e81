import { singleton } from '@/lib/singleton';

/** Returns when this process's reconciler ended its last round without an error of the database. */
export const lastRound = () => singleton('last-round', (): { at: Date | null } => ({ at: null }));
