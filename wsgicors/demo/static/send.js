// One call across origins, and what the browser lets the page have of it. A classic script, as a page of the origin null
// may load no other.

const BODY_SHOWN = 500;

/** What came back: a status, the headers that the page may read, the beginning of the body; or only an error. */
async function send({ url, method, headers, credentials }) {
  try {
    const response = await fetch(url, { method, headers, credentials });
    const body = await response.text();
    return {
      read: true,
      status: `${response.status} ${response.statusText}`.trim(),
      headers: [...response.headers],
      body: body.slice(0, BODY_SHOWN),
    };
  } catch (error) {
    return { read: false, error: String(error) };
  }
}
