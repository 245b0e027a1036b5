"""Single sign-on to the Cloudflare dashboard for everyone of a domain, in one `up`."""

import pulumi
from dns_record import DnsRecord  # in a stack of yours: from pulumi_cloudflare import DnsRecord

import pulumi_cloudflare_access as cloudflare

connector = cloudflare.SsoConnector("staff", email_domain="example.com")
record = DnsRecord(
    "staff",
    zone_id=pulumi.Config().require("zoneId"),
    type="TXT",
    name=connector.email_domain,
    content=connector.txt_value.apply('"{}"'.format),
    ttl=300,
)
activation = cloudflare.SsoConnectorActivation(
    "staff", connector=connector, opts=pulumi.ResourceOptions(depends_on=[record])
)
pulumi.export("enabled", activation.enabled)
