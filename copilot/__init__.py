"""While the contact is live: suggestions, disclosures, draft checks, wrap-up."""
