"""The API's side: the only place that sends anything."""
