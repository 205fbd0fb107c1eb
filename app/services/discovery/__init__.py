"""Finding devices: a scan of addresses that the operator typed. It never starts by itself and never tries to log in."""

from app.services.discovery.asking import MOST_ADDRESSES, exporter_ports_of, parse_addresses, scan_request
from app.services.discovery.listing import hits_as_csv, hits_as_rows
from app.services.discovery.service import DiscoveryService, ScanStep

__all__ = [
    "MOST_ADDRESSES",
    "DiscoveryService",
    "ScanStep",
    "exporter_ports_of",
    "hits_as_csv",
    "hits_as_rows",
    "parse_addresses",
    "scan_request",
]
