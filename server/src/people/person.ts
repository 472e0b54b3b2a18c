import type { GrantFields } from '../audit/audit-event.ts'

/** What a person signs in with. */
export type SignInWay = 'password' | 'single_sign_on' | 'passkey'

/** Someone who signs in. `invited` until they have something to sign in with. */
export type Person = {
  id: string
  email: string
  name: string
  state: 'active' | 'invited' | 'deactivated'
  grants: GrantFields[]
  signsInWith: SignInWay[]
  hasSecondFactor: boolean
  lastSignedInAt: Date | null
  createdAt: Date
}
