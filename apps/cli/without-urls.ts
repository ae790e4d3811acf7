/** @returns the text with nothing of any URL but its scheme: user, password and query may be secret */
export function withoutUrls(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*):\/\/[^\s']+/gi, '$1://…');
}
