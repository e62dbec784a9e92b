/** Makes the first administrator: the link of the first start leads here, with its token. */
export const SETUP_PAGE = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="referrer" content="no-referrer" />
    <title>Tillstream: first administrator</title>
    <link rel="icon" href="/docs/assets/favicon-32x32.png" />
    <style>
      body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 2rem auto; }
      label { display: block; margin: 1rem 0; }
      input { font: inherit; width: 100%; }
    </style>
  </head>
  <body>
    <h1>First administrator</h1>
    <form id="form">
      <label>E-mail <input id="email" type="email" autocomplete="username" required /></label>
      <label>First name <input id="firstName" autocomplete="given-name" required /></label>
      <label>Last name <input id="lastName" autocomplete="family-name" /></label>
      <label>Password
        <input id="password" type="password" autocomplete="new-password" minlength="10" required />
      </label>
      <button>Create</button>
    </form>
    <p id="result" role="status"></p>
    <noscript>This page needs JavaScript.</noscript>
    <script src="/docs/assets/setup.js"></script>
  </body>
</html>
`;

/** The token stands after the # of the address: browsers do not send that part to a server. */
export const SETUP_SCRIPT = `const part = (id) => document.getElementById(id);

part('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const body = { token: location.hash.slice(1) };
  for (const name of ['email', 'firstName', 'lastName', 'password']) {
    if (part(name).value !== '') body[name] = part(name).value;
  }
  const response = await fetch('/auth/first-admin', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  const done = response.status === 201;
  part('result').textContent = done ? 'Done: ' + answer.email + ' can sign in.' : answer.detail;
  part('form').hidden = done;
  part('password').value = '';
});
`;
