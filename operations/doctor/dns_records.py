"""The records of the site's own domain: who may issue its certificate, and where it leads."""

from typing import Final

import dns.exception
import dns.name
import dns.rdatatype
import dns.resolver

from operations.checks import Failed, Warned
from operations.doctor.account import Planned

AMAZON: Final = frozenset({"amazon.com", "amazontrust.com", "awstrust.com", "amazonaws.com"})
"""Any of these lets ACM issue a certificate.
https://docs.aws.amazon.com/acm/latest/userguide/setup-caa.html"""


def authorities(planned: Planned) -> str:
    """Require that CAA records, if there are any, let Amazon issue the domain's certificate.

    ACM checks them when it issues a certificate and when it renews one. The closest name with CAA
    records decides, from the domain up to the top. RFC 8659, section 3.
    """
    domain = planned.config.domain
    if domain is None:
        return "CloudFront's domain"
    name = dns.name.from_text(domain.name)
    while name != dns.name.root:
        records = _records(name, dns.rdatatype.CAA)
        if records:
            return _permitted(name.to_text(omit_final_dot=True), records)
        name = name.parent()
    return "no CAA record, so every authority may issue"


def _permitted(name: str, records: list[str]) -> str:
    """Require Amazon among the `issue` properties. Records without one restrict nothing."""
    issuers = {
        value.strip('"').partition(";")[0].strip().lower()
        for _, tag, value in (record.split(maxsplit=2) for record in records)
        if tag.lower() == "issue"
    }
    if issuers and not issuers & AMAZON:
        listed = ", ".join(sorted(issuers - {""})) or "no authority"
        raise Failed(
            f"CAA records of {name} allow {listed}, so ACM can't issue or renew the certificate",
            f'create a DNS record: {name} CAA 0 issue "amazon.com"',
        )
    return f"{name} allows Amazon"


def record(planned: Planned) -> str:
    """Require that the domain doesn't lead to another distribution, which CloudFront refuses.

    An ALIAS record looks like an address, so only a CNAME is compared.
    https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/CNAMEs.html
    """
    domain = planned.config.domain
    if domain is None:
        return "CloudFront's domain"
    own = planned.stack.outputs.get("DistributionDomain") if planned.stack else None
    targets = _records(dns.name.from_text(domain.name), dns.rdatatype.CNAME)
    target = targets[0].rstrip(".") if targets else None
    if target and target.endswith(".cloudfront.net") and target != own:
        raise Failed(
            f"{domain.name} leads to another distribution, {target}",
            "remove the name from that distribution, and the DNS record",
        )
    if target and target == own:
        return f"{domain.name} leads to {target}"
    if target or _records(dns.name.from_text(domain.name), dns.rdatatype.A):
        return f"{domain.name} leads to {target or 'an address'}; make verify follows it"
    return f"{domain.name} has no record yet: after the deploy, point it to DistributionDomain"


def _records(name: dns.name.Name, type: dns.rdatatype.RdataType) -> list[str]:
    """Return the records of a name, or none. Raises Warned if DNS doesn't respond."""
    try:
        answer = dns.resolver.resolve(name, type, search=False)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise Warned(f"no response from DNS for {name}: {error}", "make doctor") from error
    return [each.to_text() for each in answer]
