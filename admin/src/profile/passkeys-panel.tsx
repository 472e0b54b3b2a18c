import { addPasskey, beginPasskey, type Passkey, removePasskey } from '@crosswalk/client'
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ActionButton } from '../elements/action-button.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { notifyDone, notifyFailure } from '../elements/notify.tsx'
import { Panel } from '../elements/panel.tsx'
import { RelativeTime } from '../elements/relative-time.tsx'
import { isGivenUp, lackOfPasskeys, makePasskey } from '../parts/webauthn.ts'
import { passkeys, passkeysKey, profileKey } from '../queries/people.ts'
import { WithPassword } from './with-password.tsx'

/** What a person's devices keep for signing in here. */
export function PasskeysPanel({ hasPassword }: { hasPassword: boolean }) {
  const query = useQuery(passkeys)
  const [isAdding, setAdding] = useState(false)
  const queries = useQueryClient()
  const refresh = () => Promise.all([passkeysKey, profileKey].map((queryKey) => queries.invalidateQueries({ queryKey })))
  return (
    <Panel title="Passkeys">
      <Stack>
        <Text size="sm" c="dimmed">
          Your device keeps a passkey, and asks for your finger, face or PIN. It stands for the password and the second factor.
        </Text>
        <LoadState query={query} label="Loading your passkeys" failed="Your passkeys could not be loaded" rows={1} />
        {query.data && query.data.passkeys.length > 0 && (
          <Stack component="ul" gap="sm" m={0} p={0} aria-label="Passkeys" style={{ listStyle: 'none' }}>
            {query.data.passkeys.map((passkey) => (
              <PasskeyItem key={passkey.id} passkey={passkey} onRemoved={refresh} />
            ))}
          </Stack>
        )}
        {isAdding ? (
          <AddPasskey
            hasPassword={hasPassword}
            onCancel={() => setAdding(false)}
            onAdded={async () => {
              setAdding(false)
              notifyDone('The passkey was added')
              await refresh()
            }}
          />
        ) : (
          <Group>
            <ActionButton variant="default" reason={lackOfPasskeys()} onClick={() => setAdding(true)}>
              Add a passkey
            </ActionButton>
          </Group>
        )}
      </Stack>
    </Panel>
  )
}

function PasskeyItem({ passkey, onRemoved }: { passkey: Passkey; onRemoved: () => void }) {
  const name = passkey.name ?? 'Passkey'
  const removing = useMutation({
    mutationFn: () => removePasskey(passkey.id),
    onSuccess: () => notifyDone(`The passkey ${name} was removed`),
    onError: (error) => notifyFailure('The passkey was not removed', error),
    onSettled: onRemoved,
  })
  return (
    <Group component="li" className="panel" p="sm" justify="space-between" wrap="nowrap">
      <Stack gap={2} miw={0}>
        <Text fw={600} className="wrap-anywhere">
          {name}
        </Text>
        <Text size="sm" c="dimmed">
          Added <RelativeTime at={passkey.created_at} />
          {passkey.is_backed_up && ', on several devices'}
        </Text>
      </Stack>
      <Button variant="default" aria-label={`Remove the passkey ${name}`} loading={removing.isPending} onClick={() => removing.mutate()}>
        Remove
      </Button>
    </Group>
  )
}

function AddPasskey({ hasPassword, onAdded, onCancel }: { hasPassword: boolean; onAdded: () => void; onCancel: () => void }) {
  const [name, setName] = useState('')
  const adding = useMutation({
    async mutationFn(password: string) {
      const options = await beginPasskey(hasPassword ? { current_password: password } : {})
      await addPasskey({ name: name.trim(), response: await makePasskey(options) })
    },
    onSuccess: onAdded,
  })
  return (
    <WithPassword
      acting={adding}
      submit="Add"
      onCancel={onCancel}
      hasPassword={hasPassword}
      isReady={name.trim() !== ''}
      failed={(error) => (isGivenUp(error) ? undefined : 'The passkey was not added')}
    >
      <TextInput
        label="Name"
        description="What you know it by, as Laptop or Phone."
        autoFocus
        maxLength={100}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
    </WithPassword>
  )
}
