import { JsonBlock } from '../elements/json-block.tsx'

/** What an error says beside its sentence: the rest of its details, and where it was thrown. */
export function ErrorRest({ others, stack }: { others: Record<string, unknown>; stack: unknown }) {
  return (
    <>
      {Object.keys(others).length > 0 && <JsonBlock value={others} label="What else the error says" maxHeight={200} />}
      {typeof stack === 'string' && (
        <details>
          <summary>Where it happened</summary>
          <JsonBlock value={stack} label="Stack" maxHeight={260} />
        </details>
      )}
    </>
  )
}
