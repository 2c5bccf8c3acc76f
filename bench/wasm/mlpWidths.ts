/** Of the network that is trained beside jax-js. */
export const mlpWidths = [784, 512, 10] as const
