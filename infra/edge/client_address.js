// The API believes this header and no other; what the caller sent under its name is replaced.
function handler(event) {
  event.request.headers['x-footlight-client-ip'] = { value: event.viewer.ip };
  return event.request;
}
