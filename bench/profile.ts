/** What a function belongs to, by the file that it comes from. */
export type Area =
  | 'rendering by React'
  | 'Next'
  | 'embedded database'
  | 'portal and its libraries'
  | 'Node'
  | 'garbage collector'
  | 'native code';

/** A profile as V8 writes it (`node --cpu-prof`). */
export interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string } }[];
  /** The node of each sample. */
  samples: number[];
  /** Microseconds before each sample. */
  timeDeltas: number[];
}

/** Returns each area's share of the time in which the process was busy, from 0 to 1. */
export function shareByArea({ nodes, samples, timeDeltas }: CpuProfile): Map<Area, number> {
  const areas = new Map(nodes.map(({ id, callFrame }) => [id, areaOf(callFrame)]));
  const times = new Map<Area, number>();
  for (const [index, node] of samples.entries()) {
    const area = areas.get(node);
    if (area) times.set(area, (times.get(area) ?? 0) + (timeDeltas[index] ?? 0));
  }
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0);
  return new Map([...times].map(([area, time]) => [area, time / busy]));
}

function areaOf({ functionName, url }: CpuProfile['nodes'][number]['callFrame']): Area | null {
  if (functionName === '(idle)') return null;
  if (functionName === '(garbage collector)') return 'garbage collector';
  if (url.startsWith('wasm:') || url.includes('/@electric-sql/')) return 'embedded database';
  if (/app-page[^/]*\.runtime/.test(url)) return 'rendering by React';
  if (url.includes('/node_modules/next/')) return 'Next';
  if (url.startsWith('node:')) return 'Node';
  return url === '' ? 'native code' : 'portal and its libraries';
}
