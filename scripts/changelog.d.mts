export function withRelease(
  text: string,
  version: string,
  date: string,
): { text: string; notes: string; problems: string[] };
