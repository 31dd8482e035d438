// What the service tells by itself (server-sent events): new mail, flags, messages that left, verdicts that arrived. A connection
// that breaks is made again, later and later; where none is to be had, the page asks once a minute.
import { eventsUrl } from './api.js';
import { pollDelay } from './state.js';

const steady = 60000; // ms between questions without a connection

// `tells`: mail(mailboxId), changed() when flags were, removed() when something may have left, missed() when nobody listened for a while, verdict({ mailboxId, id, verdict }), ended(), poll(). Ends with `signal`.
export function listen(tells, signal) {
  let source = null;
  let attempt = 0;
  let timer = null;

  function open() {
    source = new EventSource(eventsUrl());
    source.addEventListener('open', () => {
      if (attempt) tells.missed();
      attempt = 0;
    });
    source.addEventListener('error', again);
    on('mail', (data) => tells.mail(data.mailboxId));
    on('flags', tells.changed);
    for (const name of ['removed', 'reload']) on(name, tells.removed);
    on('verdict', tells.verdict);
    on('end', () => {
      stop();
      tells.ended();
    });
  }

  function on(name, run) {
    source.addEventListener(name, (event) => {
      let data;
      try {
        data = JSON.parse(event.data);
      } catch {
        return; // not ours to guess
      }
      run(data);
    });
  }

  function stop() {
    source?.close();
    source = null;
    clearTimeout(timer);
  }

  // A refusal closes the source, a broken line would be made again at once by the browser: both wait here instead. After several
  // failures it is the minute.
  function again() {
    stop();
    if (signal.aborted) return;
    timer = setTimeout(() => {
      tells.poll();
      open();
    }, attempt > 5 ? steady : pollDelay(attempt));
    attempt += 1;
  }

  signal.addEventListener('abort', stop);
  window.addEventListener('online', () => {
    if (source?.readyState === EventSource.OPEN) return;
    stop();
    open();
  }, { signal });
  open();
  return { isLive: () => source?.readyState === EventSource.OPEN };
}
