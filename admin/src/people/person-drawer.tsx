import type { Person, PersonLink } from '@crosswalk/client'
import { Button, Stack } from '@mantine/core'
import { useRef, useState } from 'react'
import { FormDrawer } from '../elements/form-drawer.tsx'
import { useLeaving } from '../elements/use-leaving.ts'
import { ChangedBy } from '../parts/changed-by.tsx'
import { LinkNotice } from './link-notice.tsx'
import { PersonActions } from './person-actions.tsx'
import { PersonForm } from './person-form.tsx'

type PersonDrawerProps = { isOpen: boolean; person: Person | undefined; onClose: () => void }

/** Invites a person, or changes one. */
export function PersonDrawer({ isOpen, person: given, onClose }: PersonDrawerProps) {
  // While it slides away it shows what it showed.
  const last = useRef(given)
  if (isOpen) last.current = given
  const person = last.current
  const [made, setMade] = useState<{ name: string; link: PersonLink }>()
  const finish = () => {
    setMade(undefined)
    onClose()
  }
  const { isChanged, leave, close } = useLeaving(finish)
  return (
    <FormDrawer isOpen={isOpen} onClose={close} title={person ? person.name : 'Invite a person'}>
      {made && <LinkNotice {...made} />}
      {made && !person ? (
        <Button mt="md" onClick={finish}>
          Done
        </Button>
      ) : (
        <Stack flex={1} gap="lg" mt={made ? 'md' : 0}>
          {person && <ChangedBy type="person" id={person.id} orgId={null} version={JSON.stringify(person)} />}
          {person && <PersonActions person={person} onLink={(link) => setMade({ name: person.name, link })} onRemoved={leave} />}
          <PersonForm
            key={person?.id ?? 'new'}
            person={person}
            isChanged={isChanged}
            onClose={close}
            onSaved={leave}
            onInvited={({ name }, link) => setMade({ name, link })}
          />
        </Stack>
      )}
    </FormDrawer>
  )
}
