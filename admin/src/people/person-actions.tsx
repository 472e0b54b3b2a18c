import {
  activatePerson,
  createInvitation,
  createPasswordReset,
  deactivatePerson,
  type Person,
  type PersonLink,
  removePerson,
} from '@crosswalk/client'
import { Button, Group } from '@mantine/core'
import { IconLink, IconTrash, IconUserCheck, IconUserOff } from '@tabler/icons-react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { askToConfirm } from '../elements/confirm.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { peopleKey } from '../queries/people.ts'
import { ViewAsButton } from './view-as-button.tsx'

type PersonActionsProps = { person: Person; onLink: (link: PersonLink) => void; onRemoved: () => void }

/** What is done to an account, beside changing who it is of. */
export function PersonActions({ person, onLink, onRemoved }: PersonActionsProps) {
  const { id, name, state } = person
  const queries = useQueryClient()
  const refresh = () => queries.invalidateQueries({ queryKey: peopleKey })
  const linking = useMutation({
    mutationFn: () => (state === 'invited' ? createInvitation(id) : createPasswordReset(id)),
    onSuccess: onLink,
    onError: (error) => notifyFailure('No link was made', error),
  })
  const switching = useMutation({
    mutationFn: () => (state === 'deactivated' ? activatePerson(id) : deactivatePerson(id)),
    onSuccess: ({ state: now }) =>
      notifyDone(now === 'deactivated' ? `${name} is deactivated, and signed out` : `${name} can sign in again`),
    onError: (error) => notifyFailure('Nothing was changed', error),
    onSettled: refresh,
  })
  const removing = useMutation({
    mutationFn: () => removePerson(id),
    async onSuccess() {
      notifyDone(`${name} was removed`)
      onRemoved()
      await refresh()
    },
    onError: (error) => notifyFailure(`${name} was not removed`, error),
  })
  const deactivate = async () => {
    const text = 'They are signed out everywhere at once, and their keys end. You can activate them again.'
    if (state === 'deactivated' || (await askToConfirm({ title: `Deactivate ${name}?`, text, confirm: 'Deactivate' }))) switching.mutate()
  }
  const remove = async () => {
    const text = 'They are signed out everywhere at once, and their keys end. What they did stays in the audit. This cannot be undone.'
    if (await askToConfirm({ title: `Remove ${name}?`, text, confirm: 'Remove', isDangerous: true })) removing.mutate()
  }
  const isDeactivated = state === 'deactivated'
  return (
    <Group gap="xs">
      <ViewAsButton person={person} />
      {!isDeactivated && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconLink size={14} />}
          loading={linking.isPending}
          onClick={() => linking.mutate()}
        >
          {state === 'invited' ? 'Make another invitation' : 'Link for a new password'}
        </Button>
      )}
      <Button
        size="xs"
        variant="default"
        leftSection={isDeactivated ? <IconUserCheck size={14} /> : <IconUserOff size={14} />}
        loading={switching.isPending}
        onClick={deactivate}
      >
        {isDeactivated ? 'Activate' : 'Deactivate'}
      </Button>
      <Button size="xs" variant="default" c="red" leftSection={<IconTrash size={14} />} loading={removing.isPending} onClick={remove}>
        Remove
      </Button>
    </Group>
  )
}
