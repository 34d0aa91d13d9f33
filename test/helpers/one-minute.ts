/** Does it within one minute of the clock, again where a minute ended meanwhile. `attempt` tells the tries apart. */
export async function inOneMinute<Result>(act: (attempt: number) => Promise<Result>): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    const minute = minuteNow()
    const result = await act(attempt)
    if (minuteNow() === minute) return result
  }
}

function minuteNow(): number {
  return Math.floor(Date.now() / 60_000)
}
