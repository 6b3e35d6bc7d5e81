import 'server-only';
import type { Encryption } from '@/lib/kunacore/encryption';
import type { Environment, Report } from './environment';
import { isPublicPartOf } from './pem';

/** Returns the keys of KunaCore's message-level encryption, or undefined where it is off. */
export function toEncryption(env: Environment): Encryption | undefined {
  if (env.KUNACORE_ENCRYPTION === 'off') return undefined;
  return {
    publicKey: env.KUNACORE_PUBLIC_KEY,
    privateKey: env.KUNACORE_PRIVATE_KEY,
    keyAlgorithm: env.KUNACORE_ENCRYPTION_ALG,
    contentAlgorithm: env.KUNACORE_ENCRYPTION_ENC,
  };
}

/** Refuses keys that encrypt nothing, and encryption without keys. */
export function checkEncryption(env: Partial<Environment>, report: Report): void {
  const { KUNACORE_PUBLIC_KEY: theirs, KUNACORE_PRIVATE_KEY: ours } = env;
  const isOn = env.KUNACORE_ENCRYPTION === 'on';
  if (isOn && !theirs) report('KUNACORE_PUBLIC_KEY', 'is missing: KUNACORE_ENCRYPTION=on encrypts requests with it');
  if (isOn && !ours) report('KUNACORE_PRIVATE_KEY', 'is missing: KUNACORE_ENCRYPTION=on decrypts responses with it');
  if (!isOn && (theirs || ours))
    report('KUNACORE_ENCRYPTION', 'is off, and KUNACORE_PUBLIC_KEY or KUNACORE_PRIVATE_KEY is set: set it to on');
  if (theirs && ours && isPublicPartOf(theirs, ours))
    report('KUNACORE_PUBLIC_KEY', "is the public part of KUNACORE_PRIVATE_KEY: it must be Kuna's own");
}
