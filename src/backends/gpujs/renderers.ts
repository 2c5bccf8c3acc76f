/** Whether what draws or computes, by its own account, does so on the processor. */
export const isSoftware = (renderer: string): boolean =>
  /llvmpipe|softpipe|swiftshader|swrast|software|basic render|^angle$/i.test(renderer)
