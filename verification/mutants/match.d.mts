export function findMatches(text: string, piece: string): { start: number; end: number }[];
