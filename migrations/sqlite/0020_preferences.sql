-- How a person likes the desk: light or dark, how many opinions on a page and which first. Null is what everybody gets.

ALTER TABLE staff ADD COLUMN theme TEXT;
ALTER TABLE staff ADD COLUMN page_length INTEGER;
ALTER TABLE staff ADD COLUMN queue_order TEXT;
