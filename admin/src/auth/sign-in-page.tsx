import { signIn } from '@crosswalk/client'
import { Alert, Anchor, Divider, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { AppLink } from '../elements/app-link.tsx'
import { ErrorNotice } from '../elements/error-notice.tsx'
import { LoadState } from '../elements/load-state.tsx'
import { session, signInWays } from '../queries/session.ts'
import { useUrlState } from '../url-state.ts'
import { AuthCard } from './auth-card.tsx'
import { ForgottenForm } from './forgotten-form.tsx'
import { KeyForm } from './key-form.tsx'
import { takeTokenOfLink } from './link-token.ts'
import { pageAfter } from './page-after.ts'
import { PasskeyButton } from './passkey-button.tsx'
import { PasswordForm } from './password-form.tsx'
import { SecondFactorForm } from './second-factor-form.tsx'
import { problemWords } from './sign-in-problems.ts'
import { SingleSignOnButton } from './single-sign-on-button.tsx'
import { useSignedIn } from './use-signed-in.ts'

/** Signing in: as a person, by single sign-on, with the administrator key, or by itself with a link. */
export function SignInPage() {
  const [{ next, problem }] = useUrlState({ next: '', problem: '' })
  const [step, setStep] = useState<'first' | 'second' | 'forgotten'>('first')
  const onSignedIn = useSignedIn(pageAfter(next))
  if (step === 'second')
    return (
      <AuthCard title="One more step">
        <SecondFactorForm onSignedIn={onSignedIn} onStartAgain={() => setStep('first')} />
      </AuthCard>
    )
  if (step === 'forgotten')
    return (
      <AuthCard title="A new password">
        <ForgottenForm onBack={() => setStep('first')} />
      </AuthCard>
    )
  return (
    <AuthCard title="Sign in to Crosswalk">
      <LinkSignIn next={next} onSignedIn={onSignedIn} />
      {problemWords(problem) !== undefined && (
        <Alert color="red" variant="light" role="alert" title="You are not signed in">
          <Text size="sm">{problemWords(problem)}</Text>
        </Alert>
      )}
      <Ways next={next} onSignedIn={onSignedIn} onSecondFactor={() => setStep('second')} onForgotten={() => setStep('forgotten')} />
    </AuthCard>
  )
}

type WaysProps = { next: string; onSignedIn: () => void; onSecondFactor: () => void; onForgotten: () => void }

function Ways({ next, onSignedIn, onSecondFactor, onForgotten }: WaysProps) {
  const query = useQuery(signInWays)
  const [wantsKey, setWantsKey] = useState(false)
  const { data } = query
  if (!data) return <LoadState query={query} label="Loading how to sign in" failed="Crosswalk does not answer" rows={3} />
  const hasPassword = data.has_people && data.password
  const isKeyAlone = !data.has_people && !data.single_sign_on
  return (
    <Stack>
      {hasPassword && <PasswordForm onSignedIn={onSignedIn} onSecondFactor={onSecondFactor} />}
      {hasPassword && data.forgotten_password && (
        <Anchor component="button" type="button" size="sm" ta="left" onClick={onForgotten}>
          Forgot your password?
        </Anchor>
      )}
      {hasPassword && <PasskeyButton onSignedIn={onSignedIn} />}
      {hasPassword && data.single_sign_on && <Divider label="or" labelPosition="center" />}
      {data.single_sign_on && <SingleSignOnButton name={data.single_sign_on.name} next={pageAfter(next)} />}
      {isKeyAlone || wantsKey ? (
        <>
          {!isKeyAlone && <Divider label="or" labelPosition="center" />}
          <KeyForm onSignedIn={onSignedIn} hasFocus />
        </>
      ) : (
        <Anchor component="button" type="button" size="sm" c="dimmed" ta="left" onClick={() => setWantsKey(true)}>
          Use the administrator key
        </Anchor>
      )}
      <Text size="sm" c="dimmed">
        You stay signed in on this browser for a week.
      </Text>
    </Stack>
  )
}

/** Signs in by itself where the address has the token of a link. */
function LinkSignIn({ next, onSignedIn }: { next: string; onSignedIn: () => void }) {
  const signing = useMutation({ mutationFn: (token: string) => signIn({ token }), onSuccess: onSignedIn })
  const { mutate } = signing
  const hasLooked = useRef(false)
  useEffect(() => {
    if (hasLooked.current) return
    hasLooked.current = true
    const token = takeTokenOfLink()
    if (token) mutate(token)
  }, [mutate])
  // A link works once, and is opened again from the history of a browser that it has signed in.
  const isSignedIn = useQuery({ ...session, enabled: signing.isError, retry: false }).data !== undefined
  if (!signing.error) return null
  if (!isSignedIn) return <ErrorNotice error={signing.error} title="You are not signed in" />
  return (
    <Alert color="blue" variant="light" role="status" title="You are signed in already">
      <Text size="sm">
        This link cannot be used again. <AppLink to={pageAfter(next)}>Continue to Crosswalk</AppLink>
      </Text>
    </Alert>
  )
}
