// A sandboxed page asks for the page around it, and so with the origin null.

addEventListener("message", async event => {
  if (event.source !== parent) return;
  event.ports[0].postMessage(await send(event.data));
});
