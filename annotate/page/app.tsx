import { render } from 'preact';
import { onKeyDown as moveInText } from './answer.js';
import { Annotator, Empty, SignIn } from './frame.js';
import { actionFor, isTwice } from './keys.js';
import { act, annotator, current, dialog, draft, isMeant, say, session, settings, start } from './state.js';

const App = () => {
  if (session.value && annotator.value === undefined) return <SignIn />;
  return current.value ? <Annotator /> : <Empty />;
};

/** The press that handed an answer in, if it was the last. */
let handedIn: KeyboardEvent | undefined;
document.addEventListener('keydown', (event) => {
  const twice = isTwice(handedIn, event);
  handedIn = undefined;
  if (dialog.value || !current.value) return;
  const at = event.target as HTMLElement;
  const typing = at.matches('input, textarea, select');
  // a button does what it says
  if (!typing && event.key === 'Enter' && !event.ctrlKey && !event.metaKey && at.matches('button, a')) return;
  if (draft.value !== undefined && typing) return;
  const action = actionFor(event, settings.value, typing);
  if (!action) {
    if (at === document.body) moveInText(event);
    return;
  }
  event.preventDefault();
  // a key that is held down decides once
  if (event.repeat && !/^zoom|Flag$/.test(action)) return;
  if (!isMeant(event)) return;
  if (action === 'next') handedIn = event;
  if (twice) return say('That key came twice at once: it counts once.');
  if (action === 'type') document.querySelector<HTMLElement>('#type')?.focus();
  else if (action === 'picture') document.querySelector<HTMLElement>('#picture')?.focus();
  else if (/^zoom/.test(action)) document.dispatchEvent(new CustomEvent('zoom', { detail: action }));
  else act(action);
});

const root = document.querySelector('#app')!;
root.replaceChildren();
render(<App />, root);
void start();
