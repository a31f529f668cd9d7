/** 0 to 15 by the palette of the look; everything else as the program named it. */
export type TextColour = number | `#${string}`

/** How a program asked for its text to look. Equal styles are the same object. */
export type TextStyle = {
  readonly codes: string
  readonly ink: TextColour | undefined
  readonly ground: TextColour | undefined
  readonly isBold: boolean
  readonly isFaint: boolean
  readonly isItalic: boolean
  readonly isUnderlined: boolean
  readonly isStruck: boolean
  readonly isInverse: boolean
}

export const plainStyle: TextStyle = {
  codes: '',
  ink: undefined,
  ground: undefined,
  isBold: false,
  isFaint: false,
  isItalic: false,
  isUnderlined: false,
  isStruck: false,
  isInverse: false,
}
