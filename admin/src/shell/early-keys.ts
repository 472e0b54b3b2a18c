/** What was typed before the field it was meant for was there. */
export type EarlyKeys = { text: string; isEntered: boolean }

let caught: EarlyKeys | undefined

function take(event: KeyboardEvent): void {
  if (!caught || event.ctrlKey || event.metaKey || event.altKey) return
  if (event.key === 'Escape' || event.key === 'Tab') return void takeEarlyKeys()
  if (event.key === 'Enter') caught.isEntered = true
  else if (event.key === 'Backspace') caught.text = caught.text.slice(0, -1)
  // A key with a name of its own writes nothing.
  else if ([...event.key].length === 1) caught.text += event.key
  else return
  event.preventDefault()
  event.stopPropagation()
}

/** Keeps what is typed from now on, until `takeEarlyKeys` is called, or the person turns to something else. */
export function catchEarlyKeys(): void {
  caught ??= { text: '', isEntered: false }
  document.addEventListener('keydown', take, { capture: true })
  document.addEventListener('pointerdown', takeEarlyKeys, { capture: true })
}

/** Ends it. The keys that follow go where the focus is. */
export function takeEarlyKeys(): EarlyKeys {
  const keys = caught ?? { text: '', isEntered: false }
  caught = undefined
  document.removeEventListener('keydown', take, { capture: true })
  document.removeEventListener('pointerdown', takeEarlyKeys, { capture: true })
  return keys
}
