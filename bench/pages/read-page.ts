/** The raw limit of opening: the newest rows of a conversation read from the database, and nothing done with them. */
async function readNewest(name: string, conversation: string, count: number): Promise<{ readonly ms: number; readonly rows: number }> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
  const began = performance.now();
  const rows = await new Promise<number>((resolve, reject) => {
    const index = database.transaction('messages').objectStore('messages').index('place');
    const range = IDBKeyRange.bound([conversation], [conversation, []]);
    const found: unknown[] = [];
    const request = index.openCursor(range, 'prev');
    request.onsuccess = () => {
      const cursor = request.result;
      if (!cursor || found.push(cursor.value) >= count) resolve(found.length);
      else cursor.continue();
    };
    request.onerror = () => reject(request.error ?? new Error('not read'));
  });
  const ms = performance.now() - began;
  database.close();
  return { ms, rows };
}

/** How many messages the archive holds. */
async function countMessages(name: string): Promise<number> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const request = indexedDB.open(name);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('not opened'));
  });
  try {
    return await new Promise((resolve, reject) => {
      const request = database.transaction('messages').objectStore('messages').count();
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('not read'));
    });
  } finally {
    database.close();
  }
}

Object.assign(globalThis, { readNewest, countMessages });
