"""A capture as one page of HTML that needs nothing else: for a colleague, a ticket, the paper."""
