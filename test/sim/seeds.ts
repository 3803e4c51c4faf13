/** Seeds that once failed, and why; they run first, always. */
export const seeds: readonly (readonly [seed: number, why: string])[] = [
  [40118, 'a clock set back by hours: the dead line was never found, nothing was caught up with'],
  [40176, 'the checker took what is read by implication for false'],
  [40199, 'carbons refused once: nothing is heard from the other devices until the next stream'],
  [40330, 'the same as 40176, without an archive'],
  [40396, 'a room asked for in vain without a connection was not entered with the next one, and what was written to it waited'],
  [222, 'a tab died after it had kept a message and before it could say so; the leader never looked'],
  [844, 'a carbon came before the archive was known to be one, so that its id was not believed'],
  [1101, 'the same in a room'],
  [1759, 'the archive of a room that was not entered again yet gave our own message back as somebody’s, and it was sent twice'],
  [661, 'a room that nothing was known of yet had its history asked of the own archive, which has none, and its gap was closed'],
  [4741, 'after a resumption, more was acknowledged than had been sent again yet: believed, and six messages were lost'],
  [4833, 'that the account has an archive was known and could not be noted; the next leader took up the stream, and believed no id that came with it'],
  [6553, 'the checker: a message was still on the connection of a frozen tab when the next one had asked the archive, and came twice'],
  [15014, 'a room whose answer was lost with a connection was out of reach, and was not tried again for a quarter of an hour'],
  [2442, 'a cursor that the archive denied, and had after all, left an empty run behind, which closed the next hole'],
];
