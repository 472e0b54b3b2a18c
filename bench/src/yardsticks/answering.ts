/** Tells the bench that the yardstick is ready, and answers what it asks until it is gone. */
export function answering<Question>(ready: object, answer: (question: Question) => Promise<object>): void {
  process.on('message', (question) => {
    // The bench asks what its own yardstick answers.
    answer(question as Question).then(
      (found) => process.send?.(found),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  })
  process.on('disconnect', () => process.exit(0))
  process.send?.(ready)
}
