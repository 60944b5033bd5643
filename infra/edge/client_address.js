// Set the caller's address. The API trusts only this header, so replace any value from the caller.
function handler(event) {
  event.request.headers['x-footlight-client-ip'] = { value: event.viewer.ip };
  return event.request;
}
