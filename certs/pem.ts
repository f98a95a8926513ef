import { X509Certificate } from 'node:crypto';

/** The certificates of a bundle, each as PEM; none when there are none. */
export function certificatesOf(bundle: string): string[] {
  const found = bundle.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return found.map((certificate) => `${certificate.replaceAll('\r\n', '\n')}\n`);
}

/** From when until when a certificate is valid, unix seconds; undefined when it cannot be read. */
export function validityOf(
  certificate: string,
): { readonly fromSeconds: number; readonly untilSeconds: number } | undefined {
  try {
    const { validFromDate, validToDate } = new X509Certificate(certificate);
    return { fromSeconds: validFromDate.getTime() / 1000, untilSeconds: validToDate.getTime() / 1000 };
  } catch {
    return undefined;
  }
}
