import type { VaultInUse } from './secret-vault.ts'

/** However often it is asked, the vault is asked no more often. */
const askedMs = 30_000

/**
 * Whether the vault answers, for those who look after the installation: `ok`, or what is wrong. Nothing in it tells which vault, or
 * anything of a secret.
 */
export function watchVault(inVault: VaultInUse | undefined, now: () => number = Date.now): () => Promise<string> {
  if (!inVault) return async () => 'ok'
  let [asked, answer] = [Number.NEGATIVE_INFINITY, Promise.resolve('ok')]
  return () => {
    if (now() - asked < askedMs) return answer
    asked = now()
    answer = inVault.vault.look().then(
      () => 'ok',
      (error: unknown) => (error instanceof Error ? error.message : 'the vault that holds secrets does not answer.'),
    )
    return answer
  }
}
