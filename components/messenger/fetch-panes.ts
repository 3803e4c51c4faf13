let fetched: Promise<void> | undefined;

/** Fetches the panes that the messenger does not begin with. */
export function fetchPanes(): void {
  fetched ??= import('./define-panes.js').then(({ definePanes }) => definePanes()).catch((error: unknown) => {
    fetched = undefined;
    reportError(error);
  });
}
