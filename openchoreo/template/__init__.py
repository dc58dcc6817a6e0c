"""The template language of OpenChoreo: documents with `${...}` in them."""
