"""Everything the product does, without Qt: plain functions and small classes that run on worker threads."""
