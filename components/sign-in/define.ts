import { define } from '../shared/define.js';
import { SignIn } from './sign-in.js';

/** The tag of the sign-in form: most visitors never see it. */
export function defineSignIn(): void {
  define('tertulia-sign-in', SignIn);
}
