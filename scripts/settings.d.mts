export const SETTINGS_FILES: string[];
export function readSettings(files?: string[], directory?: string): Record<string, string>;
export function readSettingsFile(file: string): Record<string, string>;
