import type { Attempting } from '../access/sign-in-limits.ts'
import type { Route } from '../platform/http/http.ts'
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

type Given = { people: PeopleRuntime; attempting: Attempting; sendMail?: SendMail | undefined; hosts?: readonly string[] }

export function routesOfPeople({ people, attempting, sendMail, hosts = [] }: Given): Route[] {
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
}
