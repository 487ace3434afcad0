-- The feed of an article lists its newest public comments, replies among them, in the order of this index.

CREATE INDEX comment_of_thread_by_date ON comment (thread_id, published_at, id)
  WHERE public_revision_id IS NOT NULL AND hidden_at IS NULL;
