/** The few words of the launcher, in the languages of the view; the first is the default. */
const words: Record<string, readonly [open: string, close: string, unread: string]> = {
  en: ['Open chat', 'Close chat', 'unread'],
  de: ['Chat öffnen', 'Chat schließen', 'ungelesen'],
  es: ['Abrir el chat', 'Cerrar el chat', 'sin leer'],
  ar: ['فتح المحادثة', 'إغلاق المحادثة', 'غير مقروءة'],
};

/** The launcher's name, with the unread count. */
export function launcherName(locale: string, open: boolean, unread: number): string {
  const [openWord, closeWord, unreadWord] = words[locale.toLowerCase().split('-')[0] ?? ''] ?? words['en']!;
  return (open ? closeWord : openWord) + (unread > 0 ? ` (${unread} ${unreadWord})` : '');
}
