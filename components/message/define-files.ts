import { StagedFile } from '../composer/staged-file.js';
import { define } from '../shared/define.js';
import { Attachment } from './attachment.js';

/** The tags of files: in messages, and on their way into one. */
export function defineFiles(): void {
  define('tertulia-attachment', Attachment);
  define('tertulia-staged-file', StagedFile);
}
