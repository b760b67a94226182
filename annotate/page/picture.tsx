import { useEffect, useRef, useState } from 'preact/hooks';
import type { Evidence } from '../../src/scorer/scorer.js';
import type { Flag } from '../work.js';
import { Key } from './key-hint.js';
import { pictureOf } from './server.js';
import { act, pictureShown, showBoxes, target } from './state.js';

interface View {
  scale: number;
  x: number;
  y: number;
}

const whole: View = { scale: 1, x: 0, y: 0 };
const largest = 20;
const panStep = 60;

/** The view with a point of the frame kept where it is. */
function zoomed({ scale, x, y }: View, by: number, px: number, py: number): View {
  const next = Math.min(largest, Math.max(1, scale * by));
  if (next === 1) return whole;
  const ratio = next / scale;
  return { scale: next, x: px - (px - x) * ratio, y: py - (py - y) * ratio };
}

/** The picture: wheel or keys zoom, dragging or arrows move it, and what the detector saw is drawn over it. */
export function Picture({ id, evidence }: { id: string; evidence: Evidence[]; focused: Flag[] }) {
  const frame = useRef<HTMLDivElement>(null);
  const [view, setView] = useState(whole);
  const [failed, setFailed] = useState('');
  const drag = useRef<{ x: number; y: number } | undefined>(undefined);
  const middle = () => {
    const { width, height } = frame.current!.getBoundingClientRect();
    return [width / 2, height / 2] as const;
  };
  const byKey = (action: string) => {
    if (action === 'zoomFit') setView(whole);
    else setView((now) => zoomed(now, action === 'zoomIn' ? 1.4 : 1 / 1.4, ...middle()));
  };
  useEffect(() => {
    const onZoom = (event: Event) => byKey((event as CustomEvent<string>).detail);
    document.addEventListener('zoom', onZoom);
    const box = frame.current!;
    const onWheel = (event: WheelEvent) => {
      event.preventDefault();
      const { left, top } = box.getBoundingClientRect();
      setView((now) => zoomed(now, Math.exp(-event.deltaY / 400), event.clientX - left, event.clientY - top));
    };
    box.addEventListener('wheel', onWheel, { passive: false });
    return () => {
      document.removeEventListener('zoom', onZoom);
      box.removeEventListener('wheel', onWheel);
    };
  }, []);
  const boxes = evidence.filter(({ box }) => box);
  return (
    <section class="picture" aria-label="Picture">
      <div
        id="picture"
        ref={frame}
        class="frame"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows move the picture in it
        tabIndex={0}
        role="group"
        aria-label="Picture. Arrows move it, plus and minus zoom, Escape goes back to the answer."
        onKeyDown={(event) => {
          const move = { ArrowLeft: [1, 0], ArrowRight: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
          if (move)
            setView((now) =>
              now.scale === 1 ? now : { ...now, x: now.x + move[0]! * panStep, y: now.y + move[1]! * panStep },
            );
          else if (event.key === 'Escape')
            document.querySelector<HTMLElement>('#answer [tabindex="0"], #answer')?.focus();
          else return;
          event.preventDefault();
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          drag.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={(event) => {
          const from = drag.current;
          if (!from || !event.currentTarget.hasPointerCapture(event.pointerId)) return;
          const [dx, dy] = [event.clientX - from.x, event.clientY - from.y];
          drag.current = { x: event.clientX, y: event.clientY };
          setView((now) => (now.scale === 1 ? now : { ...now, x: now.x + dx, y: now.y + dy }));
        }}
        onPointerUp={() => {
          drag.current = undefined;
        }}
      >
        {failed === '' ? (
          <div class="layer" style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.scale})` }}>
            <div class="sized">
              <img
                src={pictureOf(id)}
                alt="What the answer is about"
                draggable={false}
                onLoad={(event) => void event.currentTarget.decode().then(pictureShown, pictureShown)}
                onError={() => {
                  void reasonFor(id).then(setFailed);
                  pictureShown();
                }}
              />
              {showBoxes.value && boxes.map((one, place) => <Box key={place} evidence={one} scale={view.scale} />)}
            </div>
          </div>
        ) : (
          <p class="missing" role="alert">
            The picture cannot be shown: {failed}
          </p>
        )}
      </div>
      <div class="buttons">
        <button type="button" aria-label="Larger picture" onClick={() => byKey('zoomIn')}>
          + <Key action="zoomIn" />
        </button>
        <button type="button" aria-label="Smaller picture" onClick={() => byKey('zoomOut')}>
          − <Key action="zoomOut" />
        </button>
        <button type="button" onClick={() => byKey('zoomFit')}>
          Whole <Key action="zoomFit" />
        </button>
        {boxes.length > 0 && (
          <button type="button" aria-pressed={showBoxes.value} onClick={() => act('boxes')}>
            Seen ({boxes.length}) <Key action="boxes" />
          </button>
        )}
      </div>
    </section>
  );
}

async function reasonFor(id: string): Promise<string> {
  const reply = await fetch(pictureOf(id)).catch(() => undefined);
  if (!reply) return 'the server cannot be reached';
  if (reply.ok) return 'this browser cannot read it';
  const body = (await reply.json().catch(() => null)) as { error?: string } | null;
  return body?.error ?? `the server answered ${reply.status}`;
}

function Box({ evidence, scale }: { evidence: Evidence; scale: number }) {
  const [left, top, right, bottom] = evidence.box!;
  const named = target.value?.text.toLowerCase().includes(evidence.label.toLowerCase()) ?? false;
  const per = (share: number) => `${100 * share}%`;
  return (
    <div
      class={`box${named ? ' named' : ''}`}
      style={{
        left: per(left),
        top: per(top),
        width: per(right - left),
        height: per(bottom - top),
        borderWidth: `${2 / scale}px`,
      }}
    >
      <span style={{ fontSize: `${12 / scale}px` }}>
        {[...Object.values(evidence.attributes ?? {}), evidence.label].join(' ')} {evidence.confidence.toFixed(2)}
      </span>
    </div>
  );
}
