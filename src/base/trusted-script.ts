/** The part of Trusted Types that is used; not in the compiler's library yet. */
type TrustedTypes = { createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): unknown } };

// A page may make a policy's name once.
let policy: ReturnType<TrustedTypes['createPolicy']> | undefined;

/** Marks a script's address as one of ours, for pages under `require-trusted-types-for 'script'`. Only for constants of the build. */
export function trustedScript(address: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return address;
  policy ??= trustedTypes.createPolicy('tertulia', { createScriptURL: (url) => url });
  return policy.createScriptURL(address) as string;
}
