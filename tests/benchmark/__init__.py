"""Speed and memory of l2scope beside tshark and btmon on one large capture: `python -m tests.benchmark`."""
