/** What a key may do, with its key from the start and what it is called. */
export const actions = {
  next: { key: 'Enter', label: 'Done, next answer' },
  accept: { key: 'a', label: 'Accept the proposal' },
  edit: { key: 'e', label: 'Type another' },
  delete: { key: 'd', label: 'Delete these words' },
  right: { key: 'r', label: 'This is right' },
  wrong: { key: 'w', label: 'Wrong' },
  clear: { key: 'x', label: 'Take the mark back' },
  nextFlag: { key: 'j', label: 'Next flag' },
  previousFlag: { key: 'k', label: 'Flag before' },
  type: { key: 't', label: 'Kind of error' },
  severity: { key: 'y', label: 'Minor or major' },
  growEnd: { key: ']', label: 'Longer by a word' },
  shrinkEnd: { key: '[', label: 'Shorter by a word' },
  growStart: { key: '{', label: 'Begin a word earlier' },
  shrinkStart: { key: '}', label: 'Begin a word later' },
  good: { key: 'g', label: 'All of it is right' },
  bad: { key: 'b', label: 'The answer is wrong' },
  skip: { key: 's', label: 'Skip' },
  comment: { key: 'c', label: 'Comment' },
  undo: { key: 'u', label: 'Undo' },
  redo: { key: 'U', label: 'Redo' },
  previous: { key: '<', label: 'Answer before' },
  picture: { key: 'p', label: 'To the picture' },
  boxes: { key: 'o', label: 'What the detector saw' },
  zoomIn: { key: '+', label: 'Larger picture' },
  zoomOut: { key: '-', label: 'Smaller picture' },
  zoomFit: { key: '0', label: 'Whole picture' },
  guidelines: { key: 'i', label: 'Guidelines' },
  help: { key: '?', label: 'Keys and settings' },
} as const;

export type Action = keyof typeof actions;
export const actionNames = Object.keys(actions) as Action[];

/** Keys that do something whatever the settings are, with Ctrl (or ⌘). */
const withControl: Readonly<Record<string, Action>> = {
  Enter: 'next',
  z: 'undo',
  Z: 'redo',
  y: 'redo',
  ArrowLeft: 'previous',
};

export interface KeySettings {
  /** Whether a character alone does something (WCAG 2.1.4). */
  characters: boolean;
  /** Keys that a person chose, by action. */
  own: Partial<Record<Action, string>>;
}

export const keyOf = ({ own }: KeySettings, action: Action): string => own[action] ?? actions[action].key;

export interface Pressed {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  isComposing: boolean;
}

/**
 * What a key press asks for.
 *
 * @param typing Whether it was pressed where text is written or chosen: there only keys with Ctrl do something.
 */
export function actionFor(pressed: Pressed, settings: KeySettings, typing: boolean): Action | undefined {
  const { key, ctrlKey, metaKey, altKey, isComposing } = pressed;
  if (isComposing || altKey) return undefined;
  if (ctrlKey || metaKey) {
    // text fields undo by themselves
    const action = withControl[key];
    return typing && action !== 'next' ? undefined : action;
  }
  if (typing) return undefined;
  if ([...key].length === 1 && !settings.characters) return undefined;
  return actionNames.find((action) => keyOf(settings, action) === key);
}

interface KeyPress {
  key: string;
  /** Milliseconds on the browser's clock of events. */
  timeStamp: number;
}

/** Nobody reads an answer in so many milliseconds. */
const twiceMs = 400;

/** Whether a press is the one before it, made twice by a trembling finger or a bouncing key. */
export const isTwice = (before: KeyPress | undefined, { key, timeStamp }: KeyPress): boolean =>
  before?.key === key && timeStamp - before.timeStamp < twiceMs;

/** The key as it stands on a button; empty where it does nothing now. */
export function hint(settings: KeySettings, action: Action): string {
  const key = keyOf(settings, action);
  if ([...key].length === 1 && !settings.characters)
    return (
      Object.entries(withControl)
        .find(([, one]) => one === action)?.[0]
        .replace(/^/, 'Ctrl+') ?? ''
    );
  return key === 'Enter' ? '⏎' : key;
}

/** Keys that the page needs for moving about. */
const reserved =
  /^(?:Arrow(?:Left|Right|Up|Down)|Tab|Escape| |Shift|Control|Alt|Meta|Dead|Process|Unidentified|Home|End)$/;

/** Why an action may not have a key; undefined where it may. */
export function problemWith(settings: KeySettings, action: Action, key: string): string | undefined {
  if (reserved.test(key)) return `${key === ' ' ? 'The space bar' : key} is needed for moving about.`;
  const taken = actionNames.find((other) => other !== action && keyOf(settings, other) === key);
  return taken && `${key} is “${actions[taken].label}” already.`;
}
