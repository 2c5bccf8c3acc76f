/** A bar for each digit; gives what fills them with probabilities, and says which is the likeliest. */
export const showReading = (
  place: HTMLElement,
): ((scores: ArrayLike<number> | null, hasLearnt: boolean) => void) => {
  const verdict = document.createElement('p')
  verdict.className = 'verdict'
  const bars = Array.from({ length: 10 }, (_, digit) => {
    const bar = document.createElement('meter')
    Object.assign(bar, { min: 0, max: 1, value: 0 })
    const label = document.createElement('label')
    label.append(String(digit), bar)
    return bar
  })
  place.append(verdict, ...bars.flatMap(({ parentElement }) => parentElement ?? []))
  const show = (scores: ArrayLike<number> | null, hasLearnt: boolean): void => {
    bars.forEach((bar, digit) => {
      bar.value = scores?.[digit] ?? 0
    })
    if (scores === null) verdict.textContent = 'Draw a digit.'
    else {
      const likeliest = Array.from(scores).reduce((best, p, digit) => (p > scores[best] ? digit : best), 0)
      const percent = `${(100 * scores[likeliest]).toFixed(0)} %`
      verdict.textContent = `${likeliest}, ${percent}${hasLearnt ? '' : ': a guess, nothing is learnt yet'}`
    }
  }
  show(null, false)
  return show
}
