import 'server-only';
import type { KycSource } from './source';

/** No source: the person types everything. Claims of the identity provider fill in the form. */
export const formSource: KycSource = {
  name: 'form',
  find: async () => ({ state: 'none' }),
};
