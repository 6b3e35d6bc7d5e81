import { brand } from './brand';

const { light, dark } = brand.colours;
const both = (name: keyof typeof light) => `light-dark(${light[name]},${dark[name]})`;

/** The brand as CSS variables; app/globals.css builds its tokens on them. Allowed by its hash (security-headers.ts). */
export const brandTokens = `:root{--primary:${both('primary')};--primary-foreground:${both('primaryForeground')};--background:${both('background')};--card:${both('card')};--radius-card:${brand.radius.card};--radius-control:${brand.radius.control};--font-sans:${brand.font}}`;
