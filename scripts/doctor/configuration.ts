import { type Config, ConfigError, parseConfig, toConfig } from '../../lib/config/config';
import { environment } from '../../lib/config/environment';
import { failed, type Line, ok, warning } from './line';

type Settings = Record<string, string | undefined>;

export interface Configuration {
  lines: Line[];
  /** Built from all settings that are valid alone, so that neighbours can be tried in spite of the others. */
  config: Config;
  /** Settings that are missing or malformed. A neighbour that needs one of them cannot be tried. */
  unusable: string[];
}

/** Takes the place of required settings that are missing or malformed. No neighbour is tried with one of them. */
const PLACEHOLDERS: Settings = {
  NEXTAUTH_URL: 'https://portal.invalid',
  NEXTAUTH_SECRET: 'x'.repeat(32),
  PII_KEYS: `x:${Buffer.alloc(32).toString('base64')}`,
  KUNACORE_INSTITUTION_ID: 'x',
  KUNACORE_WIDGET_URL: 'https://widget.invalid/',
};

/** Reads the configuration as the portal does, and goes on where the portal would refuse to start. */
export function readConfiguration(settings: Settings): Configuration {
  const problems = problemsOf(settings);
  const lines = problems.map(toLine);
  const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value?.trim()));
  const malformed = Object.entries(environment.shape)
    .filter(([name, schema]) => name in given && !schema.safeParse(given[name]).success)
    .map(([name]) => name);
  const valid = Object.fromEntries(Object.entries(given).filter(([name]) => !malformed.includes(name)));
  const missing = problems.filter(({ problem }) => problem.startsWith('is missing')).map(({ variable }) => variable);
  const config = toConfig(environment.parse({ ...PLACEHOLDERS, ...valid }));
  const accepted = problems.length === 0 ? [ok('the portal accepts the settings')] : [];
  return { lines: [...accepted, ...lines, ...samplesLeft(config)], config, unusable: [...malformed, ...missing] };
}

function problemsOf(settings: Settings): ConfigError['problems'] {
  try {
    parseConfig(settings);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

/** Problems read "what is wrong: what to do". */
function toLine({ variable, problem }: ConfigError['problems'][number]): Line {
  const [text, ...remedy] = problem.split(': ');
  return failed(`${variable} ${text}`, remedy.join(': ') || `see the comment on ${variable} in .env.example`);
}

/** Warns of choices of .env.example that the portal accepts and an institution may not want. */
function samplesLeft({ loopback, widget, logLevel, trustedProxyHops, secure }: Config): Line[] {
  if (loopback) return [];
  return [
    ...(widget.type === 'both'
      ? [
          warning(
            'KUNACORE_WIDGET_TYPE is both, as in .env.example: /widget shows the widget to everybody without a sign-in',
            'set it to partner, unless Kuna agreed on both with you',
          ),
        ]
      : []),
    ...(secure && trustedProxyHops === 0
      ? [
          warning(
            'TRUSTED_PROXY_HOPS is 0, and something in front of the portal must end TLS: all people share its address',
            'set it to the number of your own proxies in front',
          ),
        ]
      : []),
    ...(logLevel === 'silent' || logLevel === 'fatal'
      ? [warning(`LOG_LEVEL is ${logLevel}, so that no failure is logged`, 'set it to info')]
      : []),
  ];
}
