/** A thread that plays cut sessions. */
import { playCut } from './crash.js';
import { serve } from './thread.js';

serve(playCut);
