/** How a person wants it to look and speak, on this device. */
export type Preferences = { readonly theme: 'auto' | 'light' | 'dark'; readonly locale: string };

const KEY = 'tertulia:preferences';

export function readPreferences(): Preferences {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Preferences>;
    return { theme: kept.theme === 'light' || kept.theme === 'dark' ? kept.theme : 'auto', locale: typeof kept.locale === 'string' ? kept.locale : '' };
  } catch {
    return { theme: 'auto', locale: '' };
  }
}

export function writePreferences(preferences: Preferences): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(preferences));
  } catch {
    // Refused storage costs only the memory of it.
  }
}
