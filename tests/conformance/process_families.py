"""Prints the families of this process as `prometheus_client` exports them: as `text` (0.0.4) or as `openmetrics`."""

import sys

from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client import exposition as text
from prometheus_client.openmetrics import exposition as openmetrics

formats = {"text": text, "openmetrics": openmetrics}
registry = CollectorRegistry()
ProcessCollector(registry=registry)
print(formats[sys.argv[1]].generate_latest(registry).decode(), end="")
