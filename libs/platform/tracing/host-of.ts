/** `host:port`, spelled one way only: clients leave out usual ports, and brackets of IPv6 addresses. */
export function hostOf(protocol: string, host: string, port: string): string {
  const usual = protocol === 'https:' ? '443' : '80';
  return `${host.replace(/^\[|\]$/g, '')}:${port === '' ? usual : port}`;
}
