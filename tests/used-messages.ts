// npm run messages: removes the messages that no code uses, in every language. For features that you remove.
import { readFileSync, writeFileSync } from 'node:fs';
import { LANGUAGES } from '../lib/choices';
import { DETAIL_FIELDS } from '../lib/customers/detail-fields';
import { productionSources } from './sources';

type Tree = { [name: string]: string | Tree };

/** Returns whether any code may use the message of a key. */
export function messageUse(): (key: string) => boolean {
  // The form's labels are asked for by a variable.
  const used = [...usedPatterns(), ...DETAIL_FIELDS.map((field) => toPattern(`details.${field}`))];
  return (key) => used.some((pattern) => pattern.test(key));
}

/** Calls like t('a.b') and t(`a.${b}.c`), under the namespaces that their file asks for, and the titles of pages. */
function usedPatterns(): RegExp[] {
  return [...productionSources().values()].flatMap((code) => {
    const namespaces = [...code.matchAll(/(?:Translations\(|namespace: |\? )'([\w.]+)'|(?:: )'(errors\.\w+)'/g)].map(
      ([, one, other]) => one ?? other ?? '',
    );
    const keys = [...code.matchAll(/['`]((?:[\w.-]|\$\{[^}]*\})+)['`]/g)].map(([, key]) => key ?? '');
    const titles = [...code.matchAll(/ interruptible\(\w+, \w+, '([\w.]+)'\)/g)].map(([, key]) => toPattern(key ?? ''));
    return [...namespaces.flatMap((namespace) => keys.map((key) => toPattern(`${namespace}.${key}`))), ...titles];
  });
}

function toPattern(key: string): RegExp {
  const parts = key.split(/\$\{[^}]*\}/).map((part) => part.replace(/[.\\-]/g, '\\$&'));
  return new RegExp(`^${parts.join('[\\w.-]+')}$`);
}

/** Returns the tree without the messages that nothing uses. */
function prune(tree: Tree, isUsed: (key: string) => boolean, prefix = ''): Tree {
  const kept = Object.entries(tree).flatMap(([name, value]): [string, string | Tree][] => {
    if (typeof value === 'string') return isUsed(prefix + name) ? [[name, value]] : [];
    const inner = prune(value, isUsed, `${prefix + name}.`);
    return Object.keys(inner).length > 0 ? [[name, inner]] : [];
  });
  return Object.fromEntries(kept);
}

if (process.argv[1]?.endsWith('used-messages.ts')) {
  const isUsed = messageUse();
  for (const file of LANGUAGES.map((language) => `lib/messages/${language}.json`)) {
    const tree = JSON.parse(readFileSync(file, 'utf8')) as Tree;
    writeFileSync(file, `${JSON.stringify(prune(tree, isUsed), null, 2)}\n`);
  }
}
