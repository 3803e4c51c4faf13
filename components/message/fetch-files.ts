let fetched: Promise<void> | undefined;

/** Fetches what draws files, once somebody has one. */
export function fetchFiles(): void {
  fetched ??= import('./define-files.js').then(({ defineFiles }) => defineFiles()).catch((error: unknown) => {
    fetched = undefined;
    reportError(error);
  });
}
