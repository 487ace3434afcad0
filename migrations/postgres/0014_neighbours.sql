-- How many opinions from the network of a sender were rejected lately.

CREATE INDEX comment_of_network ON comment (site_id, network_hash, state) WHERE network_hash IS NOT NULL;
