import type { Store } from '../store/store.js';

export async function teamPage(store: Store, title: string): Promise<string> {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title><p>${store.state.items.size}</p></html>`;
}
