def allow_status(sender, request, **kwargs):
    """The status page of the hosting company reads this one."""
    return request.path.startswith("/api/status/")
