/** Makes unguessable ids: 128 bits from the platform's CSPRNG, base64url, 22 characters. */
export type IdSource = () => string;

export const newId: IdSource = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
};
