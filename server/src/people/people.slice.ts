import type { Attempting } from '../access/sign-in-limits.ts'
import type { Slice } from '../engine/slice.ts'
import { personLinkRoutes } from './links.routes.ts'
import type { SendMail } from './mail.ts'
import { passkeyRoutes } from './passkeys.routes.ts'
import { peopleRoutes } from './people.routes.ts'
import type { PeopleRuntime } from './people-runtime.ts'
import { profileRoutes } from './profile.routes.ts'
import { proofRoutes } from './proof.routes.ts'
import { scimRoutes } from './scim/scim.routes.ts'
import { personSignInRoutes } from './sign-in.routes.ts'
import { signInSettingsRoutes } from './sign-in-settings.routes.ts'
import { singleSignOnRoutes } from './single-sign-on.routes.ts'
import { viewRoutes } from './views.routes.ts'

export const peopleSlice = {
  name: 'people',
  holds: 'people, how they sign in',
  tables: {
    people: null,
    person_accounts: null,
    person_sessions: null,
    person_verifications: null,
    person_two_factors: null,
    person_used_codes: null,
    person_passkeys: null,
    person_links: null,
    person_views: null,
    sign_in_attempts: null,
    sign_in_settings: null,
    provisioned_people: null,
    provisioned_groups: null,
    provisioned_members: null,
  },
  routes: (given: { people: PeopleRuntime; attempting: Attempting; sendMail?: SendMail | undefined; hosts?: readonly string[] }) => {
    const { people, attempting, sendMail, hosts = [] } = given
    return [
      ...personSignInRoutes({ people, attempting, hasMail: sendMail !== undefined, hosts }),
      ...personLinkRoutes({ people, attempting, sendMail, hosts }),
      ...singleSignOnRoutes({ people, attempting }),
      ...signInSettingsRoutes({ people }),
      ...peopleRoutes({ people, sendMail }),
      ...viewRoutes({ people }),
      ...proofRoutes({ people, attempting }),
      ...profileRoutes({ people, attempting }),
      ...passkeyRoutes({ people, attempting }),
      ...scimRoutes({ db: people.db }),
    ]
  },
} satisfies Slice
