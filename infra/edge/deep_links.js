// Serve index.html for every page of the site: a path whose last part has no dot. The operator's
// pages, such as /terms, have files of their own.
// The API renders the page of a channel. A header names the channel, because the path is replaced. It
// overwrites any that the caller sent, and is the same for all paths that are no username.
// With an own domain, pages at CloudFront's domain redirect to it, because sign-in works only there.
// Files don't redirect: pages that are open at the old address still load them.
// The redirect is temporary, so browsers don't keep it if the domain changes.
function handler(event) {
  var request = event.request;
  if (CONTACT && request.uri === '/.well-known/security.txt') {
    return securityText();
  }
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
  request.headers['x-footlight-page'] = {
    value: /^[A-Za-z0-9_]{3,24}$/.test(page) ? page.toLowerCase() : '-',
  };
  return request;
}

// https://www.rfc-editor.org/rfc/rfc9116. The text always expires in 90 days, because this deployment's
// setting is its source. A file would expire if no one deploys for long.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-event-structure.html
function securityText() {
  var expires = new Date(Date.now() + 90 * 24 * 3600 * 1000).toISOString();
  return {
    statusCode: 200,
    statusDescription: 'OK',
    headers: {
      'content-type': { value: 'text/plain; charset=utf-8' },
      'cache-control': { value: 'no-cache' },
    },
    body: 'Contact: ' + CONTACT + '\nExpires: ' + expires + '\n',
  };
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
