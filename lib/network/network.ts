import 'server-only';
import type { Network } from '@/lib/config/network';
import { singleton } from '@/lib/singleton';

const DIRECT: Network = {
  proxy: null,
  noProxy: '',
  authorities: [],
  nodeAuthoritiesFile: '',
  keyPairs: new Map(),
};

const state = singleton('network', () => ({ current: DIRECT }));

/** Returns how this process reaches other servers. Every outgoing connection asks here. */
export function network(): Network {
  return state.current;
}

/** Sets how this process reaches other servers. Call it once, before the first connection. */
export function setNetwork(settings: Network): void {
  state.current = settings;
}
