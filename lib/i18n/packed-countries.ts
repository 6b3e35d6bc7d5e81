/** A country of the details form. */
export interface Country {
  /** ISO 3166-1 alpha-2. */
  code: string;
  name: string;
}

/** Joins countries to one text, which is a third of their JSON in a page. */
export function packCountries(countries: Country[]): string {
  return countries.map(({ code, name }) => code + name).join(';');
}

/** Returns the countries with some of them first, in the order given. Unknown codes are left out. */
export function withFirst(countries: Country[], codes: (string | undefined)[]): Country[] {
  const first = [...new Set(codes)].flatMap((code) => countries.find((country) => country.code === code) ?? []);
  return [...first, ...countries.filter((country) => !first.includes(country))];
}

/** Returns the countries of `packCountries`. */
export function unpackCountries(packed: string): Country[] {
  return packed.split(';').map((country) => ({ code: country.slice(0, 2), name: country.slice(2) }));
}
