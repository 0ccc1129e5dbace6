import { X509Certificate } from 'node:crypto';
import { ConfigurationProblem } from './problem.ts';

/** From one beginning to its end, or to the next beginning: a certificate cut short must not go unnoticed. */
const PEM =
  /-----BEGIN CERTIFICATE-----[\s\S]*?(?:-----END CERTIFICATE-----|(?=-----BEGIN CERTIFICATE-----)|$)/gu;

/** The certificates in a PEM bundle. `where` names the field and object for the message. */
export function parseAuthorities(bundle: Buffer, where: string): string[] {
  const certificates = bundle.toString('utf8').match(PEM) ?? [];
  if (certificates.length === 0) {
    throw new ConfigurationProblem(
      'InvalidCA',
      `${where} holds no PEM certificate ("-----BEGIN CERTIFICATE-----")`,
    );
  }
  for (const [index, certificate] of certificates.entries()) {
    try {
      readable(certificate);
    } catch (cause) {
      throw new ConfigurationProblem(
        'InvalidCA',
        `${where} holds a certificate that cannot be read (number ${index + 1})`,
        { cause },
      );
    }
  }
  return certificates;
}

/** Throws when OpenSSL cannot read the certificate. */
function readable(pem: string): X509Certificate {
  return new X509Certificate(pem);
}
