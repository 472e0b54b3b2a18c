import {
  type BeginSecondFactor201,
  beginSecondFactor,
  confirmSecondFactor,
  createRecoveryCodes,
  isApiError,
  removeSecondFactor,
} from '@crosswalk/client'
import { Badge, Button, Code, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { ErrorNotice, messageOf } from '../elements/error-notice.tsx'
import { notifyDone } from '../elements/notify.tsx'
import { Panel } from '../elements/panel.tsx'
import { QrCode } from './qr-code.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

type Act = 'begin' | 'remove' | 'codes'

/** One-time codes of an app, beside the password. */
export function SecondFactorPanel({ hasSecondFactor }: { hasSecondFactor: boolean }) {
  const [act, setAct] = useState<Act>()
  const [begun, setBegun] = useState<BeginSecondFactor201>()
  const [codes, setCodes] = useState<string[]>()
  const queries = useQueryClient()
  // What one may do can depend on it.
  const refresh = () => queries.invalidateQueries()
  const finish = () => {
    setAct(undefined)
    setBegun(undefined)
  }
  return (
    <Panel
      title="Second factor"
      actions={
        <Badge variant="light" color={hasSecondFactor ? 'green' : 'gray'}>
          {hasSecondFactor ? 'Set up' : 'Not set up'}
        </Badge>
      }
    >
      <Stack>
        <Text size="sm" c="dimmed">
          An app on your phone shows a code that changes every half minute. With it, a password that somebody else has is not enough.
        </Text>
        {codes && <RecoveryCodes codes={codes} />}
        {begun ? (
          <Confirm
            begun={begun}
            onCancel={finish}
            onDone={async () => {
              setCodes(begun.recovery_codes)
              finish()
              notifyDone('The second factor is set up')
              await refresh()
            }}
          />
        ) : act ? (
          <WithPassword
            act={act}
            onCancel={finish}
            onBegun={setBegun}
            onRemoved={async () => {
              finish()
              setCodes(undefined)
              notifyDone('The second factor was removed')
              await refresh()
            }}
            onCodes={(made) => {
              finish()
              setCodes(made)
            }}
          />
        ) : (
          <Group>
            {!hasSecondFactor && <Button onClick={() => setAct('begin')}>Set up</Button>}
            {hasSecondFactor && (
              <>
                <Button variant="default" onClick={() => setAct('codes')}>
                  New recovery codes
                </Button>
                <Button variant="default" onClick={() => setAct('remove')}>
                  Remove
                </Button>
              </>
            )}
          </Group>
        )}
      </Stack>
    </Panel>
  )
}

type WithPasswordProps = {
  act: Act
  onCancel: () => void
  onBegun: (begun: BeginSecondFactor201) => void
  onRemoved: () => void
  onCodes: (codes: string[]) => void
}

/** Whatever changes the second factor takes the password first. */
function WithPassword({ act, onCancel, onBegun, onRemoved, onCodes }: WithPasswordProps) {
  const [password, setPassword] = useState('')
  const acting = useMutation({
    async mutationFn() {
      const body = { current_password: password }
      if (act === 'begin') onBegun(await beginSecondFactor(body))
      else if (act === 'codes') onCodes((await createRecoveryCodes(body)).recovery_codes)
      else {
        await removeSecondFactor(body)
        onRemoved()
      }
    },
  })
  const isWrong = isApiError(acting.error, 'wrong_password')
  const words = { begin: 'Continue', codes: 'Make new codes', remove: 'Remove the second factor' }[act]
  const submit = (event: FormEvent) => {
    event.preventDefault()
    acting.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <PasswordInput
          label="Your password"
          autoFocus
          autoComplete="current-password"
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={isWrong ? messageOf(acting.error) : undefined}
        />
        {acting.error && !isWrong && <ErrorNotice error={acting.error} />}
        <Group>
          <Button type="submit" loading={acting.isPending} disabled={password === ''}>
            {words}
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Confirm({ begun, onDone, onCancel }: { begun: BeginSecondFactor201; onDone: () => void; onCancel: () => void }) {
  const [code, setCode] = useState('')
  const given = code.replace(/\s/g, '')
  const confirming = useMutation({ mutationFn: () => confirmSecondFactor({ code: given }), onSuccess: onDone })
  const isRefused = isApiError(confirming.error, 'code_refused')
  const submit = (event: FormEvent) => {
    event.preventDefault()
    confirming.mutate()
  }
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text size="sm">
          Scan this with your app, give it the key below, or <a href={begun.uri}>open it in an app on this device</a>. Then type the code
          that it shows.
        </Text>
        <QrCode text={begun.uri} label="The key for your app, as a QR code" />
        <Code block style={{ whiteSpace: 'pre-wrap' }} aria-label="The key for your app">
          {begun.secret.replace(/(.{4})(?=.)/g, '$1 ')}
        </Code>
        <TextInput
          label="Code"
          inputMode="numeric"
          autoComplete="one-time-code"
          autoFocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          error={isRefused ? messageOf(confirming.error) : undefined}
        />
        {confirming.error && !isRefused && <ErrorNotice error={confirming.error} title="The second factor was not set up" />}
        <Group>
          <Button type="submit" loading={confirming.isPending} disabled={!/^\d{6}$/.test(given)}>
            Set up
          </Button>
          <Button variant="default" onClick={onCancel}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
