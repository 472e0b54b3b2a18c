import type { Person, SignedIn } from '@crosswalk/client'
import { IconEye } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { ActionButton } from '../elements/action-button.tsx'
import { askToConfirm } from '../elements/confirm.tsx'
import { paths } from '../paths.ts'
import { session } from '../queries/session.ts'
import { useViewAs } from '../queries/use-view-as.ts'
import { useGo } from '../url-state.ts'

function reasonOf({ id, state }: Person, who: SignedIn | undefined): string | undefined {
  if (who && who.actor.type !== 'person')
    return 'You have signed in with a key. Sign in with an account of your own: the audit says who looked.'
  if (who?.actor.id === id) return 'This is yourself.'
  return state === 'deactivated' ? 'Activate them first: they see nothing now.' : undefined
}

/** Shows Crosswalk as somebody else sees it. */
export function ViewAsButton({ person }: { person: Person }) {
  const who = useQuery(session).data
  const go = useGo()
  const beginning = useViewAs(() => go(paths.dashboard()))
  const begin = async () => {
    const text =
      'You see what they see, as far as you may see it too, and can change nothing. It ends after 30 minutes, or when you press End. The audit records it.'
    if (await askToConfirm({ title: `View Crosswalk as ${person.name}?`, text, confirm: 'View' })) beginning.mutate(person.id)
  }
  return (
    <ActionButton
      size="xs"
      variant="default"
      leftSection={<IconEye size={14} />}
      reason={reasonOf(person, who)}
      loading={beginning.isPending}
      onClick={begin}
    >
      View as
    </ActionButton>
  )
}
