export type Tone = 'neutral' | 'ask' | 'loss' | 'good' | 'info'
