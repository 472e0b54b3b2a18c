import { modals } from '@mantine/modals'
import { ProofForm } from './proof-form.tsx'

/** Asks who is signed in to prove it again. Resolves to whether they did; closing the question is a no. */
export function askForProof(): Promise<boolean> {
  return new Promise((resolve) => {
    const answer = (isProved: boolean) => {
      resolve(isProved)
      modals.close(id)
    }
    const id = modals.open({
      title: 'Prove that it is you',
      centered: true,
      // Above the drawer or the question that wants it.
      zIndex: 400,
      closeButtonProps: { 'aria-label': 'Close' },
      children: <ProofForm onProved={() => answer(true)} onCancel={() => answer(false)} />,
      onClose: () => resolve(false),
    })
  })
}
