/** Forms of a message, in lower case and with plain apostrophes, that are no orders. */

const should = "(?:should|shall|ought|must)(?:n't|nt)?"

/** Whatever they are about, these are no orders, and no reports of trouble. */
export const doubts: readonly RegExp[] = [
  new RegExp(
    String.raw`\b${should}\b(?! (?:i|we) do\b)(?! (?:be |have )?(?:work|run|answer|up|ready|running|healthy|there|ok))`,
  ),
  /\bwhat (?:if|happens?|would|will|might)\b(?! be wrong)(?! (?:mend|fix|heal|repair|solve|cure|help) (?:it|this|that)\b)/,
  /(?<!\b(?:check|see|know|tell me|tell us|wonder|wondering|sure|find out|look|say|grateful|glad|happy|great|nice|kind|appreciated?|appreciate it) )\bif\b/,
  /\b(?:suppos\w*|imagin\w*|assum\w*|hypothe\w*|in case|unless|only when|in theory|theoretically|pretend\w*|what about)\b/,
  /\bwould(?:n't|nt)?\b(?! you\b)(?! (?:mend|fix|heal|repair|solve|cure|help) (?:it|this|that)\b)(?! (?:be (?:so |very )*(?:grateful|glad|happy|great|nice|kind)|like to know|appreciate))/,
  /\bwould you (?!please|kindly|mind|be so|have a look|check|look|tell|show|see)/,
  /(?:^|[.,;:!?]\s*|\b(?:i|we|you|please|pls|and|but|so|just|then|also|to|ok|okay|hey|hi|hmm) )(?:do not|don't|dont|do n't|donot|never|not)\b(?! (?:know|understand|see|get|find|remember|really know)\b)/,
  /\b(?:never ?mind|forget (?:it|that|about)|scratch that|just kidding|second thoughts?|no,? wait|take (?:it|that) back|hands off|leave .* alone|(?:keep|leave) .* as (?:it|they))\b/,
  /\b(?:rather|better|please|pls|prefer) not\b|\bnot to\b|\bno need\b|\b(?:won't|will not|would not) (?:let|allow|want)\b/,
  /\b(?:in|under) (?:what|which|any|no) (?:case|circumstances?|conditions?)\b/,
  /\b(?:on purpose|deliberate\w*|leave (?:it|them|that)\b|stay (?:down|off|broken)|planned maintenance)/,
  /\bdo nothing\b|^\W*(?:will|could|may|might|must) (?!you\b)/,
  /(?:^|[.,;:!?] )(?:please )?stop \w+ing\b/,
  /^\W*(?:once|when|whenever|as soon as|before|after|until|in the event|next time) .*, /,
]

/** Somebody else's words. */
const reports =
  /\b(?:said|says|saying|told|tells|asked|asks|wrote|writes|suggest(?:s|ed)|recommend\w*|according|runbook|docs?|documentation|manual|guide|ticket|mail|e-?mail|quote\w*|title[d]?|heard|claims?|claimed|insists?|insisted|ordered|command|text|wants?|wanted)\b|^[^:]{1,40}[a-z]: |^\W*>/

/** Beside a word for a change, these are none either. */
export const doubtsOfChange: readonly RegExp[] = [
  /\b(?:can|could|may|might|do|did|does|need|dare|had|have|will|are|were|am|was|is|has) (?:i|we|one|they|he|she|you|it|somebody|someone|anyone|anybody|the)\b/,
  /\b(?:is|was|be|are)(?: it|n't it|n't| that| this)? (?:\w+ )?(?:safe|wise|ok|okay|good|worth|possible|smart|dangerous|risky|advisable|allowed|better|necessary|needed|wrong|fine|time|too|enough|reasonable|useful|helpful|sensible|clever|bad|late|early)\b/,
  /\b(?:good|bad|wise|better|best|safe) (?:idea|move|choice|way|time|practice|to)\b|\bworth\b|\brisk|\bpros\b|\bthoughts\b|\bopinion\b|\badvi[cs]e\b/,
  /\b(?:how|why|when|who|whom|whose|which|what|where|whether)\b/,
  /\b(?:explain|describe|remind|teach|tell|show|elaborate|discuss|say|clarify|walk)\b/,
  /\b(?:consequences?|effects?|impact|implications?|downtime|difference|instead|example|dry[- ]run|simulat\w*)\b/,
  /\b(?:thinking|thought|think|consider\w*|plan\w*|about to|going to|gonna|tempted|wonder\w*|wish\w*|hop(?:e|es|ing)|like to|intend\w*|decid\w*|maybe|perhaps|possibly|probably|afraid|curious|let's|lets)\b/,
  /\b(?:no|not|none|nobody|without|avoid\w*|refus\w*|forbid\w*|cancel\w*|wait|already|yet|later|tomorrow|yesterday|last (?:week|night|month|time)|ago|once|before|after|until|till)\b|n't\b/,
  reports,
]

export function isReported(text: string): boolean {
  return reports.test(text)
}
