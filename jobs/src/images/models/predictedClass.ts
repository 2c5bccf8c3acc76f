/** Of each row of `logits` (`[rows, classes]`) the first place of its largest value; NaN counts as largest. */
export const predictedClasses = (logits: ArrayLike<number>, classes: number): Uint32Array => {
  const out = new Uint32Array(logits.length / classes)
  for (let row = 0; row < out.length; row++) {
    let best = 0
    for (let c = 1; c < classes && !Number.isNaN(logits[row * classes + best]); c++) {
      const value = logits[row * classes + c]
      if (value > logits[row * classes + best] || Number.isNaN(value)) best = c
    }
    out[row] = best
  }
  return out
}

/** How many predictions are right. */
export const countRight = (predicted: ArrayLike<number>, labels: ArrayLike<number>): number => {
  let right = 0
  for (let i = 0; i < predicted.length; i++) if (predicted[i] === labels[i]) right++
  return right
}
