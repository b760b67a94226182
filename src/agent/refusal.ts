const openings = [
  /^(i['’]?m |i am )?(so |very |really )?sorry,? (but |i |that )/i,
  /^(unfortunately,? |sorry,? )?i (can['’]?t|cannot|can not|am unable to|am not able to|won['’]?t|will not|['’]?m unable to|['’]?m not able to) (help|assist|provide|answer|describe|identify|view|see|process|comply|do|discuss|analy[sz]e|access|fulfil)/i,
  /^as an? (ai|language model|ai language model|ai assistant)/i,
  /^(lo siento|je suis désolé|désolé|es tut mir leid|tut mir leid|mi dispiace|desculpe|申し訳|抱歉|对不起|죄송)/i,
];

/** Whether an answer is a refusal: it begins like one and is short. An answer that only mentions being sorry is none. */
export function isRefusal(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length < 600 && openings.some((opening) => opening.test(trimmed));
}
