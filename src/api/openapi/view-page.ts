/**
 * Shows what a query returns to a person with a browser, such as the links of the demonstration:
 * `/docs/view#/orders`. It asks for a key, which stays in this tab and leaves with it.
 */
export const VIEW_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Tillstream</title>
    <link rel="icon" href="/docs/assets/favicon-32x32.png" />
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; }
      input { font: inherit; width: 30rem; }
      pre { background: #f6f6f6; padding: 1rem; overflow: auto; }
    </style>
  </head>
  <body>
    <h1 id="path"></h1>
    <form id="form">
      <label>API key <input id="key" type="password" autocomplete="off" required /></label>
      <button>Show</button>
      <p>It is kept in this tab only. The first start wrote keys to <code>api-key.txt</code>
      in the data folder.</p>
    </form>
    <p><button id="forget" hidden>Forget the key</button> <a href="/docs">All operations</a></p>
    <pre id="result"></pre>
    <noscript>This page needs JavaScript.</noscript>
    <script src="/docs/assets/view.js"></script>
  </body>
</html>
`;

/** Asks this server only, whatever the address says. */
export const VIEW_SCRIPT = `const KEY = 'tillstream-key';
const part = (id) => document.getElementById(id);

function target() {
  const url = new URL(location.hash.slice(1) || '/orders', location.origin);
  return url.origin === location.origin ? url.pathname + url.search : '/orders';
}

async function show() {
  const key = sessionStorage.getItem(KEY);
  part('path').textContent = target();
  part('form').hidden = key !== null;
  part('forget').hidden = key === null;
  part('result').textContent = '';
  if (key === null) return;
  const response = await fetch(target(), { headers: { authorization: 'Bearer ' + key } });
  const body = await response.json();
  if (response.status === 401) sessionStorage.removeItem(KEY);
  if (response.status === 401) part('form').hidden = false;
  part('result').textContent = JSON.stringify(body, undefined, 2);
}

part('form').addEventListener('submit', (event) => {
  event.preventDefault();
  sessionStorage.setItem(KEY, part('key').value.trim());
  part('key').value = '';
  show();
});
part('forget').addEventListener('click', () => {
  sessionStorage.removeItem(KEY);
  show();
});
addEventListener('hashchange', show);
show();
`;
