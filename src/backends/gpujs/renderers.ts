/** Whether a renderer, by its own description, runs on the processor. */
export const isSoftware = (renderer: string): boolean =>
  /llvmpipe|softpipe|swiftshader|swrast|software|basic render|^angle$/i.test(renderer)
