/** Makes it when it is first wanted: what the platform knows of languages (Intl) takes milliseconds to be made, and few pages need all of it. */
export function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}
