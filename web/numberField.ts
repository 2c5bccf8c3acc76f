/** The number in a field; where it holds none that its bounds allow, `null`, and a message under it says what it takes. */
export const numberIn = (input: HTMLInputElement, what: string): number | null => {
  const problem = document.getElementById(`${input.id}-problem`)
  const isRight = input.checkValidity()
  if (problem !== null) problem.textContent = isRight ? '' : `${what} from ${input.min} to ${input.max}`
  input.setAttribute('aria-invalid', String(!isRight))
  return isRight ? input.valueAsNumber : null
}
