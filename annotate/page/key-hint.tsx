import { type Action, hint } from './keys.js';
import { settings } from './state.js';

/** The key of an action as it stands on its button: for the eyes, for it is no part of what the button is called. */
export function Key({ action }: { action: Action }) {
  const key = hint(settings.value, action);
  return key === '' ? null : (
    <span class="kbd" aria-hidden="true">
      {key}
    </span>
  );
}
