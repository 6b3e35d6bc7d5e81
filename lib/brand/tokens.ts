import { brand } from './brand';

const { light, dark } = brand.colours;
const both = (name: keyof typeof light) => `light-dark(${light[name]},${dark[name]})`;

/** The brand as CSS variables, used by app/globals.css. The CSP allows this text by its hash (security-headers.ts). */
export const brandTokens = `:root{--primary:${both('primary')};--primary-foreground:${both('primaryForeground')};--background:${both('background')};--card:${both('card')};--radius-card:${brand.radius.card};--radius-control:${brand.radius.control};--font-sans:${brand.font}}`;
