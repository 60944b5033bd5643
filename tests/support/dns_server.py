"""A DNS server on a free port, with a few records."""

import socketserver
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.resolver
import dns.rrset

from tests.support.http_server import running

Zone = Mapping[tuple[str, str], list[str]]
"""Records by name and type: `{("example.com", "CAA"): ['0 issue "amazon.com"']}`."""


@contextmanager
def resolving(zone: Zone) -> Generator[dns.resolver.Resolver]:
    """Serve a zone until the end of the block. Yield a resolver that queries only this server.

    A name without records doesn't exist. A name with a CNAME leads there for every type.
    """

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, socket = self.request
            query = dns.message.from_wire(data)
            (question,) = query.question
            response = dns.message.make_response(query)
            response.flags |= dns.flags.RA
            name, kind = question.name.to_text(omit_final_dot=True), question.rdtype.name
            for type in dict.fromkeys(("CNAME", kind)):
                for value in zone.get((name, type), []):
                    rrset = dns.rrset.from_text(question.name, 60, "IN", type, value)
                    response.answer.append(rrset)
            if not any(known == name for known, _ in zone):
                response.set_rcode(dns.rcode.NXDOMAIN)
            socket.sendto(response.to_wire(), self.client_address)

    server = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Handler)
    with running(server):
        address: Any = server.server_address
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port, resolver.lifetime = [address[0]], address[1], 2
        yield resolver
