// Run for its effect: puts an IndexedDB of the page's memory in the place of the one that was refused.
declare module 'fake-indexeddb/auto';
