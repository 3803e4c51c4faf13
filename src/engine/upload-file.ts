import type { Attachment } from '../model/fact.js';
import type { XepContext } from '../xep/module.js';
import { ChatError } from '../base/error.js';
import { findUploadService, requestSlot, upload } from '../xep/0363-upload.js';

/** Brings a file to the server; what the message then says of it. @throws ChatError as XEP-0363's functions do. */
export async function uploadFile(ctx: XepContext, file: Blob, name: string, onProgress: (share: number) => void): Promise<Attachment> {
  const service = await findUploadService(ctx);
  if (!service) throw new ChatError('refused', 'the server takes no files', { condition: 'service-unavailable' });
  const slot = await requestSlot(ctx, service, { name, size: file.size, type: file.type });
  await upload(slot, file, { onProgress });
  const size = await pixels(file);
  return { url: slot.get, name, ...(file.type && { mediaType: file.type }), size: file.size, ...size };
}

/** A picture's size, so that its place is kept before it loads. */
async function pixels(file: Blob): Promise<{ readonly width: number; readonly height: number } | undefined> {
  if (!/^image\/(png|jpeg|gif|webp|avif)$/.test(file.type)) return undefined;
  try {
    const bitmap = await createImageBitmap(file);
    const { width, height } = bitmap;
    bitmap.close();
    return { width, height };
  } catch {
    return undefined;
  }
}
