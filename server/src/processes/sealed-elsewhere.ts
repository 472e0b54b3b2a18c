import { resealVendorTokens } from '../credentials/tokens/resealing.ts'
import type { ResealMore } from '../values/secrets/rotation.ts'

/** What is under master keys beside secrets. */
export const sealedElsewhere: readonly ResealMore[] = [resealVendorTokens]
