// Serve index.html for every page of the site: a path whose last part has no dot. The operator's
// pages, such as /terms, have files of their own.
// With an own domain, pages at CloudFront's domain redirect to it, because sign-in works only there.
// Files don't redirect: pages that are open at the old address still load them.
// The redirect is temporary, so browsers don't keep it if the domain changes.
function handler(event) {
  var request = event.request;
  var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);
  if (last.indexOf('.') !== -1) {
    return request;
  }
  if (DOMAIN && request.headers.host.value.toLowerCase() !== DOMAIN) {
    return {
      statusCode: 302,
      statusDescription: 'Found',
      headers: { location: { value: 'https://' + DOMAIN + request.uri + queryOf(request) } },
    };
  }
  var page = request.uri.substring(1);
  request.uri = PAGES.indexOf(page) === -1 ? '/index.html' : '/' + page + '.html';
  return request;
}

// The values in an event are encoded as they were in the request.
function queryOf(request) {
  var pairs = [];
  for (var name in request.querystring) {
    var item = request.querystring[name];
    (item.multiValue || [item]).forEach(function (one) {
      pairs.push(one.value ? name + '=' + one.value : name);
    });
  }
  return pairs.length ? '?' + pairs.join('&') : '';
}
